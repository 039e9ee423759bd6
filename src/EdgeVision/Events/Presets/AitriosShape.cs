using System.Globalization;
using System.Text.Json;

namespace EdgeVision.Events.Presets;

/// <summary>
/// Sony AITRIOS' inference results as the console hands them out, with <c>F</c> 1: inline JSON as its detection sample writes it. A camera is a device
/// there. Only events about a frame have this form.
/// </summary>
/// <remarks>Boxes are pixels of the frame; AITRIOS counts those of the model's input, which says nothing to who does not know the model.</remarks>
internal static class AitriosShape
{
    public static bool Write(Utf8JsonWriter json, StoredEvent stored)
    {
        if (stored.Sight is not { } sight) return false;
        json.WriteStartObject();
        json.WriteString("DeviceID"u8, $"{stored.Node}/{stored.Camera}");
        json.WriteString("ModelID"u8, $"{sight.Model}@{sight.Version}");
        json.WriteBoolean("Image"u8, value: false);
        json.WriteStartArray("Inferences"u8);
        json.WriteStartObject();
        json.WriteString("T"u8, stored.Time.UtcDateTime.ToString("yyyyMMddHHmmssfff", CultureInfo.InvariantCulture));
        json.WriteNumber("F"u8, 1);
        json.WriteStartObject("O"u8);
        json.WriteStartArray("detections"u8);
        foreach (var one in sight.Objects) WriteDetection(json, one, sight);
        json.WriteEndArray();
        WriteCounts(json, sight);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        return true;
    }

    private static void WriteDetection(Utf8JsonWriter json, StoredObject one, StoredSight sight)
    {
        var (left, top) = (one.Left.GetDouble() * sight.Width, one.Top.GetDouble() * sight.Height);
        json.WriteStartObject();
        json.WriteNumber("class_id"u8, one.ClassId);
        json.WritePropertyName("score"u8);
        one.Confidence.WriteTo(json);
        json.WriteStartObject("bounding_box"u8);
        json.WriteNumber("left"u8, Pixel(left));
        json.WriteNumber("top"u8, Pixel(top));
        json.WriteNumber("right"u8, Pixel(left + (one.Width.GetDouble() * sight.Width)));
        json.WriteNumber("bottom"u8, Pixel(top + (one.Height.GetDouble() * sight.Height)));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Over the whole frame: it is the only area that an event knows.</summary>
    private static void WriteCounts(Utf8JsonWriter json, StoredSight sight)
    {
        json.WriteStartObject("area_count"u8);
        foreach (var (classId, count) in sight.Objects.CountBy(o => o.ClassId).OrderBy(c => c.Key)) json.WriteNumber(classId.ToString(CultureInfo.InvariantCulture), count);
        json.WriteEndObject();
    }

    /// <summary>Saturates: a share beyond 1 is none of ours, but no reason to fail.</summary>
    private static int Pixel(double pixels) => (int)Math.Clamp(Math.Round(pixels), int.MinValue, int.MaxValue);
}
