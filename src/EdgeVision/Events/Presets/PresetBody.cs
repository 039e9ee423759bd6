using System.Buffers;
using System.Text.Json;

namespace EdgeVision.Events.Presets;

/// <summary>An event's body in the shape of a preset: pure functions over what lies in the outbox.</summary>
public static class PresetBody
{
    private static readonly JsonWriterOptions Writing = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// UTF-8 JSON, one object; null when the event has no form there, as a lost camera has none in a list of inferences, or when
    /// <paramref name="body"/> is no event of ours. Never throws.
    /// </summary>
    /// <param name="preset">The shape.</param>
    /// <param name="body">CloudEvents JSON, structured mode.</param>
    public static ReadOnlyMemory<byte>? Of(EventPreset preset, ReadOnlyMemory<byte> body)
    {
        if (preset is EventPreset.EdgeVision) return body;
        try
        {
            using var stored = StoredEvent.TryParse(body);
            if (stored is null) return null;
            // Those shapes have no word for "the same frame once more, seen by another".
            if (preset is not EventPreset.Compact && StoredEvent.Text(stored.Data, "origin"u8) == "cloud") return null;
            var bytes = new ArrayBufferWriter<byte>(512);
            using var json = new Utf8JsonWriter(bytes, Writing);
            if (!Write(preset, json, stored)) return null;
            json.Flush();
            return bytes.WrittenMemory;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // No JSON; or text that cannot be told: half a surrogate pair, bytes that are no UTF-8.
            return null;
        }
    }

    private static bool Write(EventPreset preset, Utf8JsonWriter json, StoredEvent stored) => preset switch
    {
        EventPreset.Compact => CompactShape.Write(json, stored),
        EventPreset.DeepStreamMinimal => DeepStreamShape.Write(json, stored),
        EventPreset.Ava => AvaShape.Write(json, stored),
        EventPreset.Aitrios => AitriosShape.Write(json, stored),
        _ => throw new ArgumentOutOfRangeException(nameof(preset), preset, "A new preset needs a shape."),
    };
}
