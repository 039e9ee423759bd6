using System.Text.Json;

namespace EdgeVision.Events.Presets;

/// <summary>
/// Azure Video Analyzer's inference schema (Azure/video-analyzer, contracts/data-schema): an object is an <c>entity</c>, a pulse or another rule an
/// <c>event</c>. A message without any inference must not be sent there, so an empty frame has no form, nor has a camera or the node.
/// </summary>
internal static class AvaShape
{
    /// <summary>Of the samples of Live Video Analytics: ticks of RTP's video clock, here since 1970.</summary>
    private const long TicksPerMillisecond = 90;

    public static bool Write(Utf8JsonWriter json, StoredEvent stored)
    {
        var isRule = stored.Family == "rule";
        if (!isRule && stored.Sight is not { Objects.Count: > 0 }) return false;
        json.WriteStartObject();
        json.WriteNumber("timestamp"u8, stored.Time.ToUnixTimeMilliseconds() * TicksPerMillisecond);
        json.WriteStartArray("inferences"u8);
        if (isRule) WriteRule(json, stored);
        for (var i = 0; i < stored.Sight?.Objects.Count; i++) WriteEntity(json, stored, stored.Sight.Objects[i], i, isRule);
        json.WriteEndArray();
        json.WriteEndObject();
        return true;
    }

    /// <summary>The schema takes texts only.</summary>
    private static void WriteRule(Utf8JsonWriter json, StoredEvent stored)
    {
        var kind = StoredEvent.Text(stored.Data, "kind"u8) ?? stored.Family;
        json.WriteStartObject();
        json.WriteString("type"u8, "event"u8);
        json.WriteString("inferenceId"u8, stored.Id);
        json.WriteStartObject("event"u8);
        json.WriteString("name"u8, kind);
        json.WriteStartObject("properties"u8);
        foreach (var property in stored.Data.EnumerateObject())
        {
            if (property.Name is "kind" or "configVersion" or "clock" or "origin") continue;
            if (property.Value.ValueKind is JsonValueKind.String) json.WriteString(property.Name, property.Value.GetString());
            else if (property.Value.ValueKind is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False) json.WriteString(property.Name, property.Value.GetRawText());
        }

        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteEntity(Utf8JsonWriter json, StoredEvent stored, StoredObject one, int index, bool isOfRule)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "entity"u8);
        json.WriteString("subtype"u8, "objectDetection"u8);
        json.WriteString("inferenceId"u8, $"{stored.Id}/{index}");
        if (isOfRule)
        {
            json.WriteStartArray("relatedInferences"u8);
            json.WriteStringValue(stored.Id);
            json.WriteEndArray();
        }

        json.WriteStartObject("entity"u8);
        json.WriteStartObject("tag"u8);
        json.WriteString("value"u8, one.Label);
        Copy(json, "confidence"u8, one.Confidence);
        json.WriteEndObject();
        json.WriteStartObject("box"u8);
        Copy(json, "l"u8, one.Left);
        Copy(json, "t"u8, one.Top);
        Copy(json, "w"u8, one.Width);
        Copy(json, "h"u8, one.Height);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Copy(Utf8JsonWriter json, ReadOnlySpan<byte> name, JsonElement number)
    {
        json.WritePropertyName(name);
        number.WriteTo(json);
    }
}
