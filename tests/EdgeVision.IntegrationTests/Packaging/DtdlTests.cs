using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using EdgeVision.Azure.Hub;

namespace EdgeVision.IntegrationTests.Packaging;

/// <summary>The Plug and Play model: it says what the product says, by the rules of DTDL version 3 and by Microsoft's parser.</summary>
public sealed partial class DtdlTests
{
    private const string FileName = "EdgeVision.json";

    /// <summary>Of DTDL version 3: complex schemas in each other, and the size of an interface.</summary>
    private const int MaxDepth = 5, MaxBytes = 1 << 20;

    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly HashSet<string> Primitive = ["boolean", "date", "dateTime", "double", "duration", "float", "integer", "long", "string", "time"];

    private static string ModelFile => Repository.PathOf("schemas", "dtdl", FileName);

    [Fact]
    public async Task The_model_says_what_keys_events_and_commands_are()
    {
        var expected = DtdlModel.Make().ToJsonString(Readable) + "\n";
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1") await File.WriteAllTextAsync(ModelFile, expected, TestContext.Current.CancellationToken);
        else Assert.True(expected == await File.ReadAllTextAsync(ModelFile, TestContext.Current.CancellationToken), $"schemas/dtdl/{FileName} is not what the code says; run UPDATE_DOCS=1 ./test.sh and commit the result.");
    }

    [Fact]
    public void The_model_keeps_the_rules_of_its_language()
    {
        var text = File.ReadAllText(ModelFile);
        var model = JsonNode.Parse(text)!;
        Assert.InRange(text.Length, 1, MaxBytes);
        Assert.Equal("dtmi:dtdl:context;3", (string?)model["@context"]);
        Assert.Equal(HubOptions.DefaultModelId, (string?)model["@id"]);
        Assert.Matches(Dtmi(), (string?)model["@id"]);
        Assert.Equal("Interface", (string?)model["@type"]);

        var contents = model["contents"]!.AsArray();
        CheckNames(contents);
        foreach (var content in contents)
        {
            Assert.Contains((string?)content!["@type"], new[] { "Telemetry", "Property", "Command" });
            foreach (var schema in new[] { content["schema"], content["request"]?["schema"], content["response"]?["schema"] })
                if (schema is not null) CheckSchema(schema, 0, $"{content["name"]}");
        }
    }

    [Fact]
    public void Every_top_level_key_is_a_property_or_refused_by_the_twin()
    {
        var writable = JsonNode.Parse(File.ReadAllText(ModelFile))!["contents"]!.AsArray().Where(c => (bool?)c!["writable"] == true).Select(c => (string)c!["name"]!).ToList();

        Assert.Superset(new HashSet<string> { "Cameras", "Model", "Mqtt", "LogLevel", "Outputs", "Inference", "StatusLight" }, writable.ToHashSet());
        Assert.Empty(writable.Intersect(DtdlModel.StartOnly));
    }

    [Fact]
    public async Task Microsofts_parser_accepts_the_model() => Assert.Equal((0, "dtmi:io:edgevision:EdgeVision;1"), await ParseAsync(await File.ReadAllTextAsync(ModelFile, TestContext.Current.CancellationToken)));

    [Theory]
    [InlineData("\"schema\": \"string\"", "\"schema\": \"text\"")]
    [InlineData("dtmi:io:edgevision:EdgeVision;1", "dtmi:io.edgevision:EdgeVision;1")]
    [InlineData("\"@type\": \"Command\"", "\"@type\": \"Method\"")]
    [InlineData("\"name\": \"ping\"", "\"name\": \"getStatus\"")]
    public async Task Microsofts_parser_refuses_mistakes(string right, string wrong)
    {
        var text = await File.ReadAllTextAsync(ModelFile, TestContext.Current.CancellationToken);
        Assert.Contains(right, text, StringComparison.Ordinal);
        var (code, said) = await ParseAsync(text.Replace(right, wrong, StringComparison.Ordinal));
        Assert.Equal(1, code);
        Assert.Contains("dtmi:dtdl:", said, StringComparison.Ordinal);     // its errors have such names
    }

    /// <summary>The .NET parser (DTDLParser), compiled to WebAssembly: tests/dtdl.</summary>
    private static async Task<(int Code, string Said)> ParseAsync(string model)
    {
        var folder = Repository.PathOf("tests", "dtdl");
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        foreach (var tool in new[] { "node", "npm" })
            if (!path.Any(f => File.Exists(Path.Combine(f, tool)))) Assert.Skip($"{tool} is not installed; the DTDL parser needs it.");
        if (!File.Exists(Path.Combine(folder, "node_modules", ".package-lock.json")))
        {
            var (installed, _, why) = await Deployment.RunAsync("npm", ["ci", "--prefix", folder, "--no-audit", "--no-fund", "--ignore-scripts"], "");
            if (installed != 0) Assert.Skip($"The DTDL parser cannot be installed: {why[^Math.Min(why.Length, 400)..]}");
        }

        var (code, said, complained) = await Deployment.RunAsync("node", [Path.Combine(folder, "parse.mjs")], model);
        if (code is not (0 or 1)) Assert.Skip($"The DTDL parser does not run here: {complained[..Math.Min(complained.Length, 400)]}");
        return (code, said.Trim());
    }

    private static void CheckNames(JsonArray named)
    {
        var names = named.Select(n => (string)n!["name"]!).ToList();
        Assert.Equal(names.Distinct(), names);
        Assert.All(names, name => Assert.Matches(Name(), name));
        Assert.All(named, n => Assert.InRange(((string?)n!["description"] ?? "").Length, 0, 512));
    }

    private static void CheckSchema(JsonNode schema, int depth, string where)
    {
        if (schema is JsonValue)
        {
            Assert.True(Primitive.Contains((string)schema!), $"{where}: {schema}");
            return;
        }

        Assert.True(depth < MaxDepth, $"{where} is {depth + 1} schemas deep; {MaxDepth} is the most.");
        switch ((string?)schema["@type"])
        {
            case "Object":
                CheckNames(schema["fields"]!.AsArray());
                foreach (var field in schema["fields"]!.AsArray()) CheckSchema(field!["schema"]!, depth + 1, $"{where}.{field["name"]}");
                break;
            case "Array":
                CheckSchema(schema["elementSchema"]!, depth + 1, where + "[]");
                break;
            case "Map":
                Assert.Equal("string", (string?)schema["mapKey"]!["schema"]);
                CheckSchema(schema["mapValue"]!["schema"]!, depth + 1, where + "{}");
                break;
            case "Enum":
                CheckNames(schema["enumValues"]!.AsArray());
                Assert.NotEmpty(schema["enumValues"]!.AsArray());
                break;
            case var other:
                Assert.Fail($"{where} has a schema of the kind '{other}'.");
                break;
        }
    }

    [GeneratedRegex("^dtmi:[A-Za-z](?:[A-Za-z0-9_]*[A-Za-z0-9])?(?::[A-Za-z](?:[A-Za-z0-9_]*[A-Za-z0-9])?)*;[1-9][0-9]{0,8}$")]
    private static partial Regex Dtmi();

    [GeneratedRegex("^[A-Za-z](?:[A-Za-z0-9_]*[A-Za-z0-9])?$")]
    private static partial Regex Name();
}
