using System.Globalization;
using System.Text;
using System.Text.Json;
using EdgeVision.Delivery;
using EdgeVision.Events;
using EdgeVision.Events.Presets;
using MQTTnet.Packets;

namespace EdgeVision.Mqtt;

/// <summary>An event as one MQTT message: CloudEvents 1.0 MQTT binding, structured (section 3.2) or binary content mode (section 3.1).</summary>
/// <param name="Payload">The whole event, its data, or what a preset makes of it.</param>
/// <param name="ContentType">For MQTT 5.0.</param>
/// <param name="Attributes">User properties; null in structured mode.</param>
internal readonly record struct EventMessage(ReadOnlyMemory<byte> Payload, string ContentType, List<MqttUserProperty>? Attributes)
{
    private const string CloudEvents = "application/cloudevents+json; charset=utf-8";
    private const string Json = "application/json";

    /// <summary>Identifier and two lengths of a user property (MQTT 5.0, section 2.2.2).</summary>
    private const int PropertyOverhead = 5;

    /// <summary>Bytes of the PUBLISH beside topic, payload and what every PUBLISH has.</summary>
    public int AttributeBytes => Attributes?.Sum(a => PropertyOverhead + Encoding.UTF8.GetByteCount(a.Name) + a.ValueBuffer.Length) ?? 0;

    /// <param name="entry">As the sink got it.</param>
    /// <param name="mode">What the connection can do; structured on MQTT 3.1.1.</param>
    /// <param name="node">Speaks in messages of presets.</param>
    public static EventMessage Of(OutboxEntry entry, MqttContentMode mode, NodeIdentity node)
    {
        if (entry.Preset is not EventPreset.EdgeVision) return new EventMessage(entry.Body, Json, mode is MqttContentMode.Binary ? AttributesOf(entry, node) : null);
        return mode is MqttContentMode.Binary && TrySplit(entry.Body) is { } split ? split : new EventMessage(entry.Body, CloudEvents, null);
    }

    /// <summary>Null when the body is no event: then it goes as it is.</summary>
    private static EventMessage? TrySplit(ReadOnlyMemory<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body.Span);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
            var (attributes, contentType, data) = (new List<MqttUserProperty>(12), Json, default(ReadOnlyMemory<byte>));
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                reader.Read();
                if (name == "data") data = Skip(ref reader, body);
                else if (name == "datacontenttype" && reader.TokenType == JsonTokenType.String) contentType = reader.GetString()!;
                else if (reader.TokenType is JsonTokenType.String) attributes.Add(Property(name, reader.GetString()!));
                else if (reader.TokenType is JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False) attributes.Add(Property(name, Encoding.UTF8.GetString(reader.ValueSpan)));
                else reader.Skip();
            }

            return data.IsEmpty ? null : new EventMessage(data, contentType, attributes);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // No JSON, or a text of half a surrogate pair.
            return null;
        }
    }

    /// <summary>The bytes of the value at which the reader stands, as they are.</summary>
    private static ReadOnlyMemory<byte> Skip(ref Utf8JsonReader reader, ReadOnlyMemory<byte> body)
    {
        var begin = (int)reader.TokenStartIndex;
        reader.Skip();
        return body[begin..(int)reader.BytesConsumed];
    }

    /// <summary>Those of the event; its data is the preset's message, which <c>preset</c> names instead of a schema of ours.</summary>
    private static List<MqttUserProperty> AttributesOf(OutboxEntry entry, NodeIdentity node)
    {
        List<MqttUserProperty> attributes =
        [
            Property("specversion", "1.0"),
            Property("id", entry.Id.ToString("D")),
            Property("source", node.Source),
            Property("type", entry.Type),
            Property("subject", entry.Camera is null ? "node" : $"cameras/{entry.Camera}"),
            Property("time", entry.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)),
            Property("sequence", entry.Sequence.ToString("D20", CultureInfo.InvariantCulture)),
            Property("severity", WordOf(entry.Severity)),
            Property("preset", PresetWords.Of(entry.Preset)),
        ];
        if (entry.CameraSequence > 0) attributes.Add(Property("camerasequence", entry.CameraSequence.ToString("D20", CultureInfo.InvariantCulture)));
        return attributes;
    }

    private static string WordOf(Severity severity) => severity switch
    {
        Severity.Info => "info",
        Severity.Warning => "warning",
        _ => "error",
    };

    private static MqttUserProperty Property(string name, string value) => new(name, Encoding.UTF8.GetBytes(value));
}
