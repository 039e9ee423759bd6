using System.CommandLine;
using System.Text.Json;
using EdgeVision.Azure.Identity;
using EdgeVision.Capture.Gpio;
using EdgeVision.Capture.V4l2.Devices;
using EdgeVision.Module.Doctor;
using Spectre.Console;

namespace EdgeVision.Module.Commands;

/// <summary><c>doctor</c>: is everything here that the node needs, and if not, what to do.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var config = new Option<string?>("--config", "-c") { Description = "Check what this configuration file asks for", HelpName = "FILE" };
        var data = new Option<string?>("--data") { Description = "Folder of the outbox", HelpName = "DIR" };
        var report = new Option<string?>("--report") { Description = "Write the findings as JSON", HelpName = "FILE" };
        var doctor = new Command("doctor",
            "Checks model, native libraries, broker, disk, clock, the way to the hub, configured cameras and GPIO lines, and says the fix for each. Exit code 1 when something fails.")
        {
            config, data, report,
        };
        doctor.SetAction(async (parsed, stopping) =>
        {
            var request = new NodeRequest { Config = parsed.GetValue(config), DataDirectory = parsed.GetValue(data) };
            var findings = await ExamineAsync(request, TimeProvider.System, stopping);
            Show(findings);
            if (parsed.GetValue(report) is { } path) ReportFile.Write(path, json => Write(json, findings));
            return findings.Any(f => f.Level is FindingLevel.Fail) ? ExitCode.Failed : ExitCode.Done;
        });
        return doctor;
    }

    private static async Task<List<Finding>> ExamineAsync(NodeRequest request, TimeProvider time, CancellationToken stopping)
    {
        var findings = new List<Finding>();
        Settings settings;
        try
        {
            settings = Settings.Load(request, Settings.ProcessEnvironment(), camerasRequired: false);
            findings.Add(Finding.Ok("configuration", request.Config is null ? "No file: defaults and environment." : $"'{request.Config}' is in order."));
        }
        catch (CommandException e)
        {
            findings.Add(Finding.Fail("configuration", e.Message, "docs/configuration.md has every key."));
            settings = Settings.Defaults(request);
        }

        findings.Add(await NodeChecks.ModelAsync(settings, time, stopping));
        findings.Add(NodeChecks.PictureCodec(time));
        findings.Add(NodeChecks.Disk(settings.DataDirectory!));
        findings.Add(NodeChecks.Clock(time));
        findings.Add(await NodeChecks.BrokerAsync(settings.Options, time, stopping));
        findings.AddRange(await HubChecks.ExamineAsync(Settings.ProcessEnvironment(), settings.Options.IotHub, time, stopping));
        findings.Add(VideoDeviceChecks.Examine(VideoDevices.List()));
        findings.AddRange(await CamerasAsync(settings.Options, time, stopping));
        findings.AddRange(await GpioChecks.ExamineAsync(settings.Options, GpioInventory.Read, time, stopping));
        return findings;
    }

    /// <summary>With the runtime that the node would have, because only it reads passwords that it encrypted.</summary>
    private static async Task<IReadOnlyList<Finding>> CamerasAsync(EdgeVisionOptions options, TimeProvider time, CancellationToken stopping)
    {
        HubLogin? login = null;
        try
        {
            login = HubDoor.Login(Settings.ProcessEnvironment(), time);
        }
        catch (CommandException)
        {
            // Half an environment: the checks of the hub have said so.
        }

        using (login) return await NodeChecks.CamerasAsync(options, SecretCommand.DecryptorOf(login, stopping), time, stopping);
    }

    private static void Show(List<Finding> findings)
    {
        foreach (var finding in findings)
        {
            var (mark, style) = finding.Level switch
            {
                FindingLevel.Ok => ("ok  ", "green"),
                FindingLevel.Warn => ("warn", "yellow"),
                _ => ("FAIL", "red"),
            };
            AnsiConsole.MarkupLine($"[{style}]{mark}[/]  [bold]{finding.Check.EscapeMarkup()}[/]: {finding.Detail.EscapeMarkup()}");
            if (finding.Fix is not null) AnsiConsole.MarkupLine($"      → {finding.Fix.EscapeMarkup()}");
        }
    }

    private static void Write(Utf8JsonWriter json, List<Finding> findings)
    {
        json.WriteStartObject();
        json.WriteStartArray("checks");
        foreach (var finding in findings)
        {
            json.WriteStartObject();
            json.WriteString("check", finding.Check);
            json.WriteString("level", finding.Level switch { FindingLevel.Ok => "ok", FindingLevel.Warn => "warn", _ => "fail" });
            json.WriteString("detail", finding.Detail);
            json.WriteString("fix", finding.Fix);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
