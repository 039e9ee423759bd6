using System.CommandLine;

namespace EdgeVision.Module.Commands;

/// <summary><c>model add</c>: a verified copy in the data folder.</summary>
internal static class ModelAddCommand
{
    public static Command Create()
    {
        var (model, manifest, data) = (ModelCommand.Model(), NodeCommands.Manifest(), ModelCommand.Data());
        var add = new Command("add", "Verifies a model and copies it into the data folder, as NAME/VERSION: then --model and the configuration can name it. A bare .onnx file becomes a package.")
        {
            model, manifest, data,
        };
        add.SetAction(async (parsed, stopping) =>
        {
            var location = new ModelLocation(parsed.GetValue(model)!, parsed.GetValue(manifest), Environment.CurrentDirectory, parsed.GetValue(data));
            var (package, checks) = await ModelChecks.RunAsync(location, stopping);
            if (checks.FirstOrDefault(static c => c.Result == "fail") is { } failed)
                throw new CommandException($"The model was not added, its check '{failed.Name}' failed: {failed.Reason}");
            foreach (var warning in checks.Where(static c => c.Result == "warn")) await Console.Error.WriteLineAsync($"{warning.Name}: {warning.Reason}");
            var stored = location.Store.Add(package!);
            Console.WriteLine($"Added {stored} (licence {package!.Manifest.Licence}) in '{stored.Folder}'. Use it with --model {stored.Name}, or set EdgeVision:Model to {stored}.");
            return ExitCode.Done;
        });
        return add;
    }
}
