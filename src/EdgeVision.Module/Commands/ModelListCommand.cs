using System.CommandLine;
using System.Text.Json;
using EdgeVision.Models;
using Spectre.Console;

namespace EdgeVision.Module.Commands;

/// <summary><c>model list</c>: bundled and added models.</summary>
internal static class ModelListCommand
{
    public static Command Create()
    {
        var (data, format) = (ModelCommand.Data(), ModelCommand.Format());
        var list = new Command("list", "Lists the models that --model and the configuration can name.") { data, format };
        list.SetAction(parsed =>
        {
            var store = new ModelLocation("", null, Environment.CurrentDirectory, parsed.GetValue(data)).Store;
            if (parsed.GetValue(format) == "json") JsonOutput.Write(json => Write(json, store.List()));
            else Show(store.List());
            return ExitCode.Done;
        });
        return list;
    }

    private static void Show(IReadOnlyList<StoredModel> models)
    {
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumns("name", "version", "from", "folder");
        foreach (var model in models)
            table.AddRow(new Text(model.Name), new Text(model.Version), new Text(model.IsBundled ? "bundled" : "added"), new Text(model.Folder));
        AnsiConsole.Write(table);
    }

    private static void Write(Utf8JsonWriter json, IReadOnlyList<StoredModel> models)
    {
        json.WriteStartObject();
        json.WriteStartArray("models");
        foreach (var model in models)
        {
            json.WriteStartObject();
            json.WriteString("name", model.Name);
            json.WriteString("version", model.Version);
            json.WriteBoolean("bundled", model.IsBundled);
            json.WriteString("folder", model.Folder);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
