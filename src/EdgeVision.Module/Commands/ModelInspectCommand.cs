using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeVision.Models;
using Spectre.Console;

namespace EdgeVision.Module.Commands;

/// <summary><c>model inspect</c>: what a package or a bare file says, also of a file that cannot be run.</summary>
internal static class ModelInspectCommand
{
    private static readonly string[] InputKeys = ["width", "height", "type", "layout", "colour", "mean", "std", "resize", "pad"];

    public static Command Create()
    {
        var (model, manifest, data, format) = (ModelCommand.Model(), NodeCommands.Manifest(), ModelCommand.Data(), ModelCommand.Format());
        var inspect = new Command("inspect", "Shows family, inputs, outputs, labels, licence and preprocessing of a model; of a bare .onnx file also what it does not say of itself.")
        {
            model, manifest, data, format,
        };
        inspect.SetAction(parsed =>
        {
            using var opened = OpenedPackage.Open(new ModelLocation(parsed.GetValue(model)!, parsed.GetValue(manifest), Environment.CurrentDirectory, parsed.GetValue(data)), CancellationToken.None);
            var sheet = ModelSheet.Of(opened.Location);
            if (parsed.GetValue(format) == "json") JsonOutput.Write(json => Write(json, sheet));
            else Show(sheet);
            return ExitCode.Done;
        });
        return inspect;
    }

    private static void Show(ModelSheet sheet)
    {
        var table = new Table().Border(TableBorder.Simple).HideHeaders();
        table.AddColumns("what", "value", "who says it");
        Row("model", $"{sheet.Text("name")} {sheet.Text("version")}", "");
        foreach (var key in (ReadOnlySpan<string>)["description", "family", "licence", "source"]) KeyRow(key, key);
        foreach (var value in sheet.Header.Inputs.Take(8)) Row("input", value.ToString(), "");
        foreach (var value in sheet.Header.Outputs.Take(16)) Row("output", value.ToString(), "");
        Row("labels", Labels(sheet), Origin(sheet, "labels"));
        foreach (var key in InputKeys) KeyRow($"input {key}", $"input:{key}");
        if (sheet.Find("decoder") is JsonObject { Count: > 0 } decoder) Row("decoder", decoder.ToJsonString(), "");
        foreach (var key in (ReadOnlySpan<string>)["confidenceThreshold", "confidenceThresholds", "nmsIou", "maxDetections"]) KeyRow(key, key);
        Row("golden samples", Golden(sheet).ToString(CultureInfo.InvariantCulture), "");
        Row("sha256", sheet.Text("sha256") ?? "", "");
        if (sheet.Digest is { } digest) Row("package digest", digest, "");
        if (sheet.Digest is not null) Row("signed by", sheet.SignedBy is { } key ? $"key {key}, not checked here: add does" : "nobody", "");
        Row("file", string.Create(CultureInfo.InvariantCulture, $"{sheet.Bytes / 1048576.0:0.0} MB, opset {Opsets(sheet.Header)}, IR {sheet.Header.IrVersion}, {sheet.Header.Nodes} nodes, {sheet.Header.Producer}"), "");
        AnsiConsole.Write(table);
        foreach (var problem in sheet.Problems) Say("Problem:", Color.Red, problem);
        if (sheet.Assumptions.Count > 0) Say("Assumed:", Color.Yellow, $"{string.Join(" and ", sheet.Assumptions)}, where this family usually starts; not measured on this model.");
        if (sheet.Proposal is not { } proposal) return;
        Say("Missing:", Color.Yellow, $"{string.Join(", ", sheet.Missing)}. Put what is true of it into a file and give that with --manifest, for example:");
        Console.WriteLine(proposal.ToJsonString());

        static void Say(string word, Color colour, string text)
        {
            AnsiConsole.Write(new Text(word, new Style(colour)));
            AnsiConsole.WriteLine($" {text}");
        }

        void KeyRow(string what, string path)
        {
            if (sheet.Text(path) is { } text) Row(what, text, Origin(sheet, path));
        }

        // As text, not as markup: what a file says may hold ":dog:", which markup would draw.
        void Row(string what, string value, string origin) => table.AddRow(new Text(what), new Text(value), new Text(origin, new Style(Color.Grey)));
    }

    private static void Write(Utf8JsonWriter json, ModelSheet sheet)
    {
        json.WriteStartObject();
        foreach (var key in (ReadOnlySpan<string>)["name", "version", "family", "description", "licence", "source", "sha256"]) json.WriteString(key, sheet.Text(key));
        json.WriteNumber("bytes", sheet.Bytes);
        WriteValues(json, "inputs", sheet.Header.Inputs);
        WriteValues(json, "outputs", sheet.Header.Outputs);
        WriteTexts(json, "labels", sheet.Labels);
        foreach (var key in (ReadOnlySpan<string>)["input", "decoder", "classIds", "confidenceThreshold", "confidenceThresholds", "nmsIou", "maxDetections"])
        {
            json.WritePropertyName(key);
            if (sheet.Find(key) is { } node) node.WriteTo(json);
            else json.WriteNullValue();
        }

        json.WriteNumber("goldenSamples", Golden(sheet));
        if (sheet.Header.Opset is { } opset) json.WriteNumber("opset", opset);
        else json.WriteNull("opset");
        json.WriteStartObject("opsets");
        foreach (var (domain, version) in sheet.Header.Opsets) json.WriteNumber(domain.Length == 0 ? "ai.onnx" : domain, version);
        json.WriteEndObject();
        json.WriteNumber("irVersion", sheet.Header.IrVersion);
        json.WriteString("producer", sheet.Header.Producer);
        json.WriteNumber("nodes", sheet.Header.Nodes);
        json.WriteStartObject("metadata");
        foreach (var (key, value) in sheet.Header.Metadata) json.WriteString(key, value);
        json.WriteEndObject();
        json.WriteStartObject("origins");
        foreach (var (key, value) in sheet.Origins) json.WriteString(key, value);
        json.WriteEndObject();
        json.WriteString("digest", sheet.Digest);
        json.WriteString("signedBy", sheet.SignedBy);
        WriteTexts(json, "assumed", sheet.Assumptions);
        WriteTexts(json, "missing", sheet.Missing);
        WriteTexts(json, "problems", sheet.Problems);
        json.WriteEndObject();
    }

    private static void WriteValues(Utf8JsonWriter json, string key, IReadOnlyList<OnnxValue> values)
    {
        json.WriteStartArray(key);
        foreach (var value in values)
        {
            json.WriteStartObject();
            json.WriteString("name", value.Name);
            json.WriteString("type", value.ElementType);
            json.WriteStartArray("shape");
            foreach (var dimension in value.Dimensions ?? [])
            {
                if (dimension.Size is { } size) json.WriteNumberValue(size);
                else json.WriteStringValue(dimension.ToString());
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteTexts(Utf8JsonWriter json, string key, IReadOnlyList<string>? texts)
    {
        if (texts is null)
        {
            json.WriteNull(key);
            return;
        }

        json.WriteStartArray(key);
        foreach (var text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }

    private static string Labels(ModelSheet sheet) => sheet.Labels is not { } labels
        ? "unknown"
        : string.Create(CultureInfo.InvariantCulture, $"{labels.Count}: {string.Join(", ", labels.Take(8))}{(labels.Count > 8 ? " …" : "")}");

    private static string Origin(ModelSheet sheet, string path) => sheet.Origins.GetValueOrDefault(path, "");

    private static int Golden(ModelSheet sheet) => (sheet.Find("golden") as JsonArray)?.Count ?? 0;

    private static string Opsets(OnnxHeader header) => string.Join(", ", header.Opsets
        .OrderBy(static o => o.Key.Length).Select(static o => o.Key.Length == 0 ? $"{o.Value}" : $"{o.Key} {o.Value}"));
}
