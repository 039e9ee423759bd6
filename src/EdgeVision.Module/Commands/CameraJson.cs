using System.Text.Json;
using EdgeVision.Capture.Kernel;
using EdgeVision.Capture.V4l2;
using EdgeVision.Capture.V4l2.Controls;
using EdgeVision.Capture.V4l2.Devices;

namespace EdgeVision.Module.Commands;

/// <summary>Cameras for scripts. Names and units are stable; what is not known is null.</summary>
internal static class CameraJson
{
    /// <summary>Properties of a device, into an object that is open.</summary>
    public static void Write(Utf8JsonWriter json, VideoDevice device, IReadOnlyList<DeviceUser> users)
    {
        json.WriteString("path", device.Path);
        json.WriteString("what", device.Purpose);
        json.WriteString("name", device.Error is null ? device.Name : null);
        json.WriteString("driver", device.Error is null ? device.Driver : null);
        json.WriteString("bus", device.Error is null ? device.BusInfo : null);
        json.WriteString("error", device.Error);
        json.WriteString("group", device.Node?.Group);
        json.WriteString("permissions", device.Node?.Permissions);
        json.WriteStartArray("links");
        foreach (var link in device.Links) json.WriteStringValue(link);
        json.WriteEndArray();
        json.WriteStartArray("usedBy");
        foreach (var user in users)
        {
            json.WriteStartObject();
            json.WriteNumber("process", user.ProcessId);
            json.WriteString("name", user.Name);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public static void WriteFormats(Utf8JsonWriter json, CameraOffer? offer)
    {
        json.WriteStartArray("formats");
        foreach (var format in offer?.Formats ?? [])
        {
            json.WriteStartObject();
            json.WriteString("fourCc", format.Code.ToString());
            json.WriteString("description", format.Description);
            json.WriteBoolean("readable", format.Pixels is not null);
            json.WriteBoolean("compressed", format.IsCompressed);
            json.WriteBoolean("emulated", format.IsEmulated);
            json.WriteStartArray("sizes");
            foreach (var size in format.Sizes) WriteSize(json, size);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>What EdgeVision takes of it; null when nothing can be read.</summary>
    public static void WriteChoice(Utf8JsonWriter json, CameraChoice? choice)
    {
        json.WriteString("uri", choice?.Uri);
        json.WriteString("takes", choice?.Text);
    }

    public static void WriteControls(Utf8JsonWriter json, IReadOnlyList<(CameraControl Control, string? Value)> controls)
    {
        json.WriteStartArray("controls");
        foreach (var (control, value) in controls)
        {
            json.WriteStartObject();
            json.WriteString("name", control.Name);
            json.WriteString("label", control.Label);
            json.WriteString("group", control.Group);
            json.WriteString("kind", JsonNamingPolicy.CamelCase.ConvertName(control.Kind.ToString()));
            json.WriteNumber("min", control.Minimum);
            json.WriteNumber("max", control.Maximum);
            json.WriteNumber("step", control.Step);
            json.WriteString("default", control.HasDefault ? control.Show(control.Default) : null);
            json.WriteString("value", value);
            json.WriteBoolean("canBeSet", control.CanBeSet);
            json.WriteBoolean("inactive", control.Traits.HasFlag(ControlTraits.Inactive));
            json.WriteStartArray("items");
            foreach (var item in control.Items) json.WriteStringValue(item.Name);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Of a range of sizes the largest, and where it begins; of a range of rates no list.</summary>
    private static void WriteSize(Utf8JsonWriter json, OfferedSize size)
    {
        json.WriteStartObject();
        json.WriteNumber("width", size.Width.Max);
        json.WriteNumber("height", size.Height.Max);
        json.WriteNumber("minWidth", size.Width.Min);
        json.WriteNumber("minHeight", size.Height.Min);
        json.WriteNumber("stepWidth", size.Width.Step);
        json.WriteNumber("stepHeight", size.Height.Step);
        WriteFps(json, "minFps", size.Rates.Count == 0 ? null : size.Rates.Min(r => r.MinFps));
        WriteFps(json, "maxFps", size.Rates.Count == 0 ? null : size.MaxFps);
        json.WriteStartArray("fps");
        foreach (var rate in size.Rates.Where(r => r.Shortest == r.Longest)) json.WriteNumberValue(Math.Round(rate.MaxFps, 3));
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteFps(Utf8JsonWriter json, string name, double? fps)
    {
        if (fps is { } known) json.WriteNumber(name, Math.Round(known, 3));
        else json.WriteNull(name);
    }
}
