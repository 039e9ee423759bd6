using System.Globalization;
using System.Text.Json;

namespace EdgeVision.Events.Presets;

/// <summary>
/// DeepStream's minimal schema, as Gst-nvmsgconv writes it with <c>msg2p-newapi</c> (nvmsgconv, dsmeta_payload.cpp): one message a frame, an object is
/// <c>trackingId|left|top|right|bottom|label|#|confidence</c> in pixels of the frame. Only events about a frame have this form.
/// </summary>
/// <remarks>The confidence stands there always; DeepStream writes it only for objects with a classifier's attributes, between <c>#</c> and it.</remarks>
internal static class DeepStreamShape
{
    /// <summary>DeepStream's UNTRACKED_OBJECT_ID.</summary>
    private const string Untracked = "18446744073709551615";

    public static bool Write(Utf8JsonWriter json, StoredEvent stored)
    {
        if (stored.Sight is not { } sight) return false;
        json.WriteStartObject();
        json.WriteString("version"u8, "4.0"u8);
        json.WriteString("id"u8, sight.Frame.ToString(CultureInfo.InvariantCulture));
        json.WriteString("@timestamp"u8, stored.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        json.WriteString("sensorId"u8, stored.Camera);
        json.WriteStartArray("objects"u8);
        foreach (var one in sight.Objects) json.WriteStringValue(Line(one, sight));
        json.WriteEndArray();
        json.WriteEndObject();
        return true;
    }

    private static string Line(StoredObject one, StoredSight sight)
    {
        var (left, top) = (one.Left.GetDouble() * sight.Width, one.Top.GetDouble() * sight.Height);
        var (right, bottom) = (left + (one.Width.GetDouble() * sight.Width), top + (one.Height.GetDouble() * sight.Height));
        return string.Create(CultureInfo.InvariantCulture,
            $"{Untracked}|{left:0.##}|{top:0.##}|{right:0.##}|{bottom:0.##}|{one.Label.Replace('|', '/')}|#|{one.Confidence.GetRawText()}");
    }
}
