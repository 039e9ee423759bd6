using System.CommandLine;
using EdgeVision.Models;
using EdgeVision.Module.Rollout;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace EdgeVision.Module.Commands;

/// <summary><c>model add</c>: a verified copy in the data folder.</summary>
internal static class ModelAddCommand
{
    public static Command Create()
    {
        var model = new Argument<string>("MODEL") { Description = "Folder with a model.json, an .onnx file, an .evmodel package, or an https address of one of the last two" };
        var (manifest, data) = (NodeCommands.Manifest(), ModelCommand.Data());
        var config = new Option<string?>("--config", "-c") { Description = "Configuration of the node: its data folder, quota and trusted keys", HelpName = "FILE" };
        var sha256 = new Option<string?>("--sha256") { Description = "The file must have this sum", HelpName = "HEX" };
        var add = new Command("add", "Verifies a model and copies it into the data folder, as NAME/VERSION: then --model and the configuration can name it. A bare .onnx file becomes a package. A download that is interrupted goes on where it was.")
        {
            model, manifest, data, config, sha256,
        };
        add.SetAction(async (parsed, stopping) =>
        {
            var request = new NodeRequest { Config = parsed.GetValue(config), DataDirectory = parsed.GetValue(data) };
            var settings = Settings.Load(request, Settings.ProcessEnvironment(), camerasRequired: false);
            var location = new ModelLocation(parsed.GetValue(model)!, parsed.GetValue(manifest), Environment.CurrentDirectory, settings.DataDirectory) { StoreOptions = settings.Options.Models };
            using var fetched = await FetchAsync(location, parsed.GetValue(sha256), settings.Options.Models, stopping);
            await AddAsync(location with { Name = fetched.Path }, settings.Options.Model, stopping);
            return ExitCode.Done;
        });
        return add;
    }

    private static async Task<FetchedModel> FetchAsync(ModelLocation location, string? sha256, ModelStoreOptions options, CancellationToken stopping)
    {
        if (!DownloadAddress.IsAddress(location.Name) && sha256 is null && !PackageArchive.IsArchive(location.Name)) return new FetchedModel(location.Find());
        using var logs = LoggerFactory.Create(static logs => logs.SetMinimumLevel(LogLevel.Information)
            .AddConsole(static console => console.LogToStandardErrorThreshold = LogLevel.Trace)
            .AddSimpleConsole(static console => (console.SingleLine, console.TimestampFormat, console.ColorBehavior) = (true, "HH:mm:ss ", LoggerColorBehavior.Disabled)));
        var sources = new ModelSources(location.Store, options, TimeProvider.System, logs.CreateLogger("model"));
        var result = await DownloadBar.ShowAsync(progress => sources.FetchAsync(location.Name, sha256, progress, stopping));
        return result.Model ?? throw new CommandException(result.Error!);
    }

    private static async Task AddAsync(ModelLocation location, string inUse, CancellationToken stopping)
    {
        var store = location.Store;
        // Before any of it reaches a runtime that is not ours.
        if (store.Trust.IsRequired) store.Trust.Require(ModelPackage.Read(location.Name, location.Manifest));
        var (package, checks) = await ModelChecks.RunAsync(location, stopping);
        if (checks.FirstOrDefault(static c => c.Result == "fail") is { } failed)
            throw new CommandException($"The model was not added, its check '{failed.Name}' failed: {failed.Reason}");
        foreach (var warning in checks.Where(static c => c.Result == "warn")) await Console.Error.WriteLineAsync($"{warning.Name}: {warning.Reason}");
        var there = store.Find($"{package!.Manifest.Name}@{package.Manifest.Version}");
        var stored = store.Add(package, store.Find(inUse) is { } used ? [used.ToString()] : []);
        Console.WriteLine($"{(stored == there ? "The store has this very" : "Added")} {stored} (licence {package.Manifest.Licence}) in '{stored.Folder}', digest {ModelStore.DigestOf(stored)}. Use it with --model {stored.Name}, or set EdgeVision:Model to {stored}.");
    }
}
