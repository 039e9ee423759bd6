using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace EdgeVision.Mqtt.HomeAssistant;

/// <summary>One entity of the node's device, as Home Assistant is told of it.</summary>
/// <param name="Component">Kind of entity: <c>sensor</c>, <c>binary_sensor</c> …</param>
/// <param name="ObjectId">Unique on this node.</param>
/// <param name="Name">Below the device's name.</param>
/// <param name="Settings">Keys of the component, in order; all of them texts.</param>
internal sealed record DiscoveredEntity(string Component, string ObjectId, string Name, params IReadOnlyList<(string Key, string Value)> Settings)
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Of the device and of entities: together they become the entity's id, which has 255 characters at most in Home Assistant.</summary>
    private const int MaxName = 100;

    /// <param name="device">The node.</param>
    /// <param name="availability">Topic that says <c>online</c> or <c>offline</c>; null for what is known in either case.</param>
    public ReadOnlyMemory<byte> Write(DiscoveredDevice device, string? availability)
    {
        var body = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(body, Readable))
        {
            json.WriteStartObject();
            json.WriteString("name", Clip(Name));
            json.WriteString("unique_id", $"{device.Id}__{ObjectId}");
            foreach (var (key, value) in Settings) json.WriteString(key, value);
            json.WriteNumber("qos", 1);
            if (availability is not null)
            {
                json.WriteString("availability_topic", availability);
                json.WriteString("payload_available", "online");
                json.WriteString("payload_not_available", "offline");
            }

            Write(json, device);
            json.WriteEndObject();
        }

        return body.WrittenMemory;
    }

    private static void Write(Utf8JsonWriter json, DiscoveredDevice device)
    {
        json.WriteStartObject("device");
        json.WriteStartArray("identifiers");
        json.WriteStringValue(device.Id);
        json.WriteEndArray();
        json.WriteString("name", Clip(device.Name));
        json.WriteString("manufacturer", "EdgeVision");
        json.WriteString("model", "EdgeVision node");
        json.WriteString("sw_version", device.Version);
        json.WriteEndObject();
        json.WriteStartObject("origin");
        json.WriteString("name", "EdgeVision");
        json.WriteString("sw_version", device.Version);
        json.WriteEndObject();
    }

    private static string Clip(string name)
    {
        if (name.Length <= MaxName) return name;
        var length = char.IsHighSurrogate(name[MaxName - 2]) ? MaxName - 2 : MaxName - 1;
        return name[..length] + "…";
    }
}
