using System.Text.Json;

namespace EdgeVision.Events.Presets;

/// <summary>An object of a stored event; numbers stay as they were written, so that no preset rounds twice.</summary>
/// <param name="Label">Class name.</param>
/// <param name="ClassId">0 … .</param>
/// <param name="Confidence">0..1.</param>
/// <param name="Left">0..1 of the full frame, as the next three.</param>
/// <param name="Top">Downwards.</param>
/// <param name="Width">Of the box.</param>
/// <param name="Height">Of the box.</param>
internal readonly record struct StoredObject(string Label, int ClassId, JsonElement Confidence, JsonElement Left, JsonElement Top, JsonElement Width, JsonElement Height)
{
    /// <summary>Null when it is none of ours.</summary>
    public static StoredObject? Of(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty("box"u8, out var box) || box.ValueKind != JsonValueKind.Object) return null;
        if (!element.TryGetProperty("label"u8, out var label) || label.ValueKind != JsonValueKind.String) return null;
        if (Number(element, "classId"u8) is not { } id || !id.TryGetInt32(out var classId)) return null;
        if (Number(element, "confidence"u8) is not { } confidence) return null;
        if (Number(box, "left"u8) is not { } left || Number(box, "top"u8) is not { } top) return null;
        if (Number(box, "width"u8) is not { } width || Number(box, "height"u8) is not { } height) return null;
        return new StoredObject(label.GetString()!, classId, confidence, left, top, width, height);
    }

    /// <summary>Null unless it is a number that a double can hold: 1e999 is JSON, too.</summary>
    private static JsonElement? Number(JsonElement parent, ReadOnlySpan<byte> name) =>
        parent.TryGetProperty(name, out var number) && number.ValueKind == JsonValueKind.Number && double.IsFinite(number.GetDouble()) ? number : null;
}
