using System.CommandLine;
using System.Text.Json;
using EdgeVision.Capture.V4l2;
using EdgeVision.Capture.V4l2.Controls;
using EdgeVision.Capture.V4l2.Devices;
using Spectre.Console;

namespace EdgeVision.Module.Commands;

/// <summary><c>camera show</c>: formats, sizes, rates and controls of one camera, and what EdgeVision takes of it.</summary>
internal static class CameraShowCommand
{
    public static Command Create()
    {
        var device = new Argument<string>("DEVICE") { Description = "/dev/video0, or a name that stays, as /dev/v4l/by-id/…" };
        var report = CameraCommand.Report();
        var show = new Command("show", "Shows what a camera offers: formats, sizes and rates, what EdgeVision would take of it and why, and its controls with their values.") { device, report };
        show.SetAction(parsed =>
        {
            var sheet = CameraSheet.Of(CameraCommand.ToPath(parsed.GetValue(device)!));
            if (parsed.GetValue(report) is { } path) ReportFile.Write(path, json => Write(json, sheet));
            Introduce(sheet);
            ShowFormats(sheet.Offer);
            if (CameraChoice.Of(sheet.Device, sheet.Offer, out var whyNot) is { } choice) Console.WriteLine($"EdgeVision takes {choice.Text}. {choice.Reason}\n  {choice.Uri}");
            else Console.WriteLine($"EdgeVision cannot use it: {whyNot}.");
            ShowControls(sheet.Controls);
            return ExitCode.Done;
        });
        return show;
    }

    private static void Introduce(CameraSheet sheet)
    {
        Console.WriteLine($"{sheet.Device.Path}: {sheet.Device.Name}, driver {sheet.Device.Driver}, bus {sheet.Device.BusInfo}");
        foreach (var link in sheet.Device.Links) Console.WriteLine($"  also {link}");
        if (sheet.Device.Node is { } node) Console.WriteLine($"  permissions {node.Permissions}, group {node.Group}");
        if (sheet.Users.Count > 0) Console.WriteLine($"  used by {string.Join(", ", sheet.Users)}");
    }

    private static void ShowFormats(CameraOffer offer)
    {
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumns("format", "what", "size", "frames a second");
        foreach (var format in offer.Formats.Where(f => f.Pixels is not null))
        {
            var (code, what) = (format.Code.ToString(), format.Description + (format.IsEmulated ? " (emulated)" : ""));
            foreach (var size in format.Sizes)
            {
                table.AddRow(new Text(code), new Text(what), new Text($"{size.Width}×{size.Height}"), new Text(size.Rates.Count == 0 ? "–" : string.Join(", ", size.Rates)));
                (code, what) = ("", "");
            }

            if (format.Sizes.Count == 0) table.AddRow(new Text(code), new Text(what), new Text("–"), new Text("–"));
        }

        AnsiConsole.Write(table);
        var others = offer.Formats.Where(f => f.Pixels is null).Select(f => f.Code.ToString()).ToList();
        if (others.Count > 0) Console.WriteLine($"Not read by this version: {string.Join(", ", others)}.");
    }

    private static void ShowControls(IReadOnlyList<(CameraControl Control, string? Value)> controls)
    {
        if (controls.Count == 0)
        {
            Console.WriteLine("It has no controls.");
            return;
        }

        foreach (var group in controls.GroupBy(c => c.Control.Group))
        {
            var table = new Table().Border(TableBorder.Simple);
            table.AddColumns(group.Key.Length == 0 ? "controls" : group.Key.EscapeMarkup(), "takes", "default", "now", "");
            foreach (var (control, value) in group)
            {
                table.AddRow(
                    new Text(control.Name), new Text(control.Range), new Text(control.HasDefault ? control.Show(control.Default) : "–"), new Text(value ?? "–"),
                    new Text(Remark(control.Traits), new Style(Color.Grey)));
            }

            AnsiConsole.Write(table);
        }
    }

    private static string Remark(ControlTraits traits) =>
        traits.HasFlag(ControlTraits.ReadOnly) ? "read only"
        : traits.HasFlag(ControlTraits.Inactive) ? "held by an automatic mode"
        : traits.HasFlag(ControlTraits.Grabbed) ? "held while it streams"
        : traits.HasFlag(ControlTraits.Volatile) ? "the camera changes it" : "";

    private static void Write(Utf8JsonWriter json, CameraSheet sheet)
    {
        json.WriteStartObject();
        CameraJson.Write(json, sheet.Device, sheet.Users);
        CameraJson.WriteFormats(json, sheet.Offer);
        CameraJson.WriteChoice(json, CameraChoice.Of(sheet.Device, sheet.Offer, out _));
        CameraJson.WriteControls(json, sheet.Controls);
        json.WriteEndObject();
    }
}
