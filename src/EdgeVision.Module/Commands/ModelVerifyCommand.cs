using System.CommandLine;
using System.Text.Json;
using EdgeVision.Models;
using Spectre.Console;

namespace EdgeVision.Module.Commands;

/// <summary><c>model verify</c>: the golden self-test and everything before it.</summary>
internal static class ModelVerifyCommand
{
    public static Command Create()
    {
        var (model, manifest, data, format) = (ModelCommand.Model(), NodeCommands.Manifest(), ModelCommand.Data(), ModelCommand.Format());
        var report = new Option<string?>("--report") { Description = "Write the checks as JSON", HelpName = "FILE" };
        var verify = new Command("verify", "Checks manifest, sha256, shapes, a run, and what the model finds in its golden pictures. Exit code 1 when something fails.")
        {
            model, manifest, data, format, report,
        };
        verify.SetAction(async (parsed, stopping) =>
        {
            var location = new ModelLocation(parsed.GetValue(model)!, parsed.GetValue(manifest), Environment.CurrentDirectory, parsed.GetValue(data));
            using var opened = OpenedPackage.Open(location, stopping);
            var (package, checks) = await ModelChecks.RunAsync(opened.Location, stopping);
            if (parsed.GetValue(format) == "json") JsonOutput.Write(json => Write(json, package, checks));
            else Show(checks);
            if (parsed.GetValue(report) is { } path) ReportFile.Write(path, json => Write(json, package, checks));
            return checks.Any(static c => c.Result == "fail") ? ExitCode.Failed : ExitCode.Done;
        });
        return verify;
    }

    /// <summary>For people.</summary>
    public static void Show(IEnumerable<ModelCheck> checks)
    {
        foreach (var check in checks)
        {
            var colour = check.Result switch { "pass" => Color.Green, "fail" => Color.Red, "warn" => Color.Yellow, _ => Color.Grey };
            AnsiConsole.Write(new Text(check.Result == "fail" ? "FAIL" : check.Result, new Style(colour)));
            AnsiConsole.WriteLine($"  {check.Name}: {check.Reason}");
        }
    }

    private static void Write(Utf8JsonWriter json, ModelPackage? package, IReadOnlyList<ModelCheck> checks)
    {
        json.WriteStartObject();
        json.WriteString("name", package?.Manifest.Name);
        json.WriteString("version", package?.Manifest.Version);
        json.WriteString("sha256", package?.Manifest.Sha256);
        json.WriteBoolean("passed", checks.All(static c => c.Result != "fail"));
        json.WriteStartArray("checks");
        foreach (var check in checks)
        {
            json.WriteStartObject();
            json.WriteString("check", check.Name);
            json.WriteString("result", check.Result);
            json.WriteString("reason", check.Reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
