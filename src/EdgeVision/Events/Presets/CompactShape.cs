using System.Text.Json;

namespace EdgeVision.Events.Presets;

/// <summary>
/// Our own event in short keys. It keeps what a consumer needs to drop repeats, see gaps and act; it leaves out timings, landmarks, the
/// configuration's version and the model's hash. Every event has this form.
/// </summary>
internal static class CompactShape
{
    /// <summary>Told by a key of its own, or left out.</summary>
    private static readonly string[] NotAgain = ["node", "camera", "configVersion", "clock", "origin", "model", "frame", "width", "height", "objects", "timingsMs"];

    public static bool Write(Utf8JsonWriter json, StoredEvent stored)
    {
        json.WriteStartObject();
        json.WriteString("i"u8, stored.Id);
        json.WriteNumber("s"u8, stored.Sequence);
        if (stored.CameraSequence > 0) json.WriteNumber("cs"u8, stored.CameraSequence);
        json.WriteNumber("t"u8, stored.Time.ToUnixTimeMilliseconds());
        json.WriteString("f"u8, stored.Family);
        json.WriteString("n"u8, stored.Node);
        if (stored.Camera is { } camera) json.WriteString("c"u8, camera);
        if (stored.Severity is { } severity and not "info") json.WriteString("v"u8, severity);
        if (StoredEvent.Text(stored.Data, "clock"u8) == "unsynchronised") json.WriteNumber("u"u8, 1);
        if (StoredEvent.Text(stored.Data, "origin"u8) == "cloud") json.WriteNumber("l"u8, 1);
        if (stored.DataRef is { } reference) json.WriteString("r"u8, reference);
        if (stored.DataSha256 is { } hash) json.WriteString("rh"u8, hash);
        if (stored.Sight is { } sight) WriteSight(json, sight);
        WriteRest(json, stored.Data);
        json.WriteEndObject();
        return true;
    }

    private static void WriteSight(Utf8JsonWriter json, StoredSight sight)
    {
        json.WriteString("m"u8, $"{sight.Model}@{sight.Version}");
        json.WriteNumber("w"u8, sight.Width);
        json.WriteNumber("h"u8, sight.Height);
        json.WriteStartArray("o"u8);
        foreach (var one in sight.Objects)
        {
            json.WriteStartArray();
            json.WriteStringValue(one.Label);
            one.Confidence.WriteTo(json);
            one.Left.WriteTo(json);
            one.Top.WriteTo(json);
            one.Width.WriteTo(json);
            one.Height.WriteTo(json);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    /// <summary>What makes this event what it is, under its own names: such events are few.</summary>
    private static void WriteRest(Utf8JsonWriter json, JsonElement data)
    {
        var hasBegun = false;
        foreach (var property in data.EnumerateObject())
        {
            if (NotAgain.Contains(property.Name, StringComparer.Ordinal)) continue;
            if (!hasBegun) json.WriteStartObject("d"u8);
            hasBegun = true;
            property.WriteTo(json);
        }

        if (hasBegun) json.WriteEndObject();
    }
}
