using System.CommandLine;
using System.Text.Json;
using EdgeVision.Capture.Kernel;
using EdgeVision.Capture.V4l2.Devices;
using Spectre.Console;

namespace EdgeVision.Module.Commands;

/// <summary><c>camera list</c>: the video devices of this machine.</summary>
internal static class CameraListCommand
{
    public static Command Create()
    {
        var all = new Option<bool>("--all") { Description = "Also nodes that are no cameras: metadata, outputs, codecs" };
        var report = CameraCommand.Report();
        var list = new Command("list", "Lists the cameras of this machine (V4L2): device, the name that stays, driver, bus, and who uses it. Exit code 1 when there is none.") { all, report };
        list.SetAction(parsed =>
        {
            var devices = VideoDevices.List().Select(d => (Device: d, Users: d.Node is null ? [] : DeviceUser.Of(d.Node))).ToList();
            if (parsed.GetValue(report) is { } path) ReportFile.Write(path, json => Write(json, devices));
            var shown = devices.Where(d => parsed.GetValue(all) || d.Device.CanCapture || d.Device.Error is not null).ToList();
            if (shown.Count == 0) throw new CommandException(CameraAdvice.NoCamera(devices.Count));
            Show(shown);
            if (shown.Count < devices.Count) Console.Error.WriteLine($"{Counted.Of(devices.Count - shown.Count, "node")} more, no cameras (metadata, outputs, codecs); --all shows them.");
            foreach (var (device, _) in shown.Where(d => d.Device.Error is not null)) Console.Error.WriteLine(device.Error);
            return ExitCode.Done;
        });
        return list;
    }

    private static void Show(List<(VideoDevice Device, IReadOnlyList<DeviceUser> Users)> devices)
    {
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumns("device", "what", "name", "driver", "bus", "used by", "name that stays");
        foreach (var (device, users) in devices)
        {
            table.AddRow(
                new Text(device.Path), new Text(device.Purpose), new Text(device.Name), new Text(device.Driver), new Text(device.BusInfo),
                new Text(users.Count == 0 ? "–" : string.Join(", ", users)), new Text(device.Links.Count == 0 ? "–" : device.Links[0]));
        }

        AnsiConsole.Write(table);
    }

    private static void Write(Utf8JsonWriter json, List<(VideoDevice Device, IReadOnlyList<DeviceUser> Users)> devices)
    {
        json.WriteStartObject();
        json.WriteStartArray("devices");
        foreach (var (device, users) in devices)
        {
            json.WriteStartObject();
            CameraJson.Write(json, device, users);
            CameraJson.WriteFormats(json, CameraSheet.OfferOf(device));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
