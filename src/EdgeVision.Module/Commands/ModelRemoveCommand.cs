using System.CommandLine;
using EdgeVision.Models;

namespace EdgeVision.Module.Commands;

/// <summary><c>model remove</c>: out of the data folder, unless it is needed.</summary>
internal static class ModelRemoveCommand
{
    public static Command Create()
    {
        var model = new Argument<string>("NAME[@VERSION]") { Description = "An added model; the version when there are several" };
        var data = ModelCommand.Data();
        var config = new Option<string?>("--config", "-c") { Description = "Refuse when this configuration uses the model", HelpName = "FILE" };
        var remove = new Command("remove", "Removes an added model from the data folder. Bundled models stay, and one that the configuration or environment names.") { model, data, config };
        remove.SetAction(parsed =>
        {
            var request = new NodeRequest { Config = parsed.GetValue(config), DataDirectory = parsed.GetValue(data) };
            var settings = Settings.Load(request, Settings.ProcessEnvironment(), camerasRequired: false);
            var store = settings.Model.Store;
            var stored = Choose(store, parsed.GetValue(model)!);
            if (IsInUse(settings, stored)) throw new CommandException($"Model {stored} is the one that EdgeVision:Model names ('{settings.Options.Model}'), so it stays. Configure another first.");
            store.Remove(stored, evenMarked: !DataFolder.IsHeld(settings.DataDirectory!));
            Console.WriteLine($"Removed {stored}.");
            return ExitCode.Done;
        });
        return remove;
    }

    private static StoredModel Choose(ModelStore store, string reference)
    {
        var named = store.List().Where(m => m.ToString() == reference || m.Name == reference).ToArray();
        return named switch
        {
            [var one] => one,
            [] => throw new CommandException($"There is no model '{reference}' in the store; it has {string.Join(", ", store.List())}. Name one of these, or another data folder with --data."),
            _ => throw new CommandException($"There are {named.Length} models '{reference}': {string.Join(", ", named.AsEnumerable())}. Name one of these."),
        };
    }

    private static bool IsInUse(Settings settings, StoredModel stored)
    {
        try
        {
            return Path.GetFullPath(settings.Model.Find()) == Path.GetFullPath(stored.Folder);
        }
        catch (ModelException)
        {
            return false;
        }
    }
}
