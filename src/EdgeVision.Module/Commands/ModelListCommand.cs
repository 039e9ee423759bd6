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
            if (parsed.GetValue(format) == "json") JsonOutput.Write(json => Write(json, store, store.List()));
            else Show(store, store.List());
            return ExitCode.Done;
        });
        return list;
    }

    private static void Show(ModelStore store, IReadOnlyList<StoredModel> models)
    {
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumns("name", "version", "from", "is", "folder");
        foreach (var model in models)
            table.AddRow(new Text(model.Name), new Text(model.Version), new Text(model.IsBundled ? "bundled" : "added"), new Text(string.Join(", ", store.MarksOf(model).Select(Word))), new Text(model.Folder));
        AnsiConsole.Write(table);
    }

    private static void Write(Utf8JsonWriter json, ModelStore store, IReadOnlyList<StoredModel> models)
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
            json.WriteString("digest", Digest(model));
            json.WriteStartArray("is");
            foreach (var mark in store.MarksOf(model)) json.WriteStringValue(Word(mark));
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string Word(ModelMark mark) => mark switch { ModelMark.InUse => "in use", ModelMark.LastGood => "last good", _ => "candidate" };

    /// <summary>Null for one that is broken: the list is for finding it.</summary>
    private static string? Digest(StoredModel model)
    {
        try
        {
            return ModelStore.DigestOf(model);
        }
        catch (ModelException)
        {
            return null;
        }
    }
}
