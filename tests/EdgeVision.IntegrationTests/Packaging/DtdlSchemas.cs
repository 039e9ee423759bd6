using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using EdgeVision.Configuration;

namespace EdgeVision.IntegrationTests.Packaging;

/// <summary>DTDL schemas of what is described elsewhere: configuration keys, and JSON Schema.</summary>
internal static partial class DtdlSchemas
{
    /// <summary>Of a description, in characters.</summary>
    private const int MaxText = 512;

    public static JsonNode Object(params (string Name, JsonNode Schema)[] fields) => new JsonObject
    {
        ["@type"] = "Object",
        ["fields"] = new JsonArray([.. fields.Select(f => (JsonNode)new JsonObject { ["name"] = f.Name, ["schema"] = f.Schema })]),
    };

    public static JsonNode Array(JsonNode element) => new JsonObject { ["@type"] = "Array", ["elementSchema"] = element };

    public static JsonNode Map(string key, JsonNode value) => new JsonObject
    {
        ["@type"] = "Map",
        ["mapKey"] = new JsonObject { ["name"] = key, ["schema"] = "string" },
        ["mapValue"] = new JsonObject { ["name"] = "value", ["schema"] = value },
    };

    public static JsonNode Enum(params IEnumerable<string> values) => new JsonObject
    {
        ["@type"] = "Enum",
        ["valueSchema"] = "string",
        ["enumValues"] = new JsonArray([.. values.Select(v => (JsonNode)new JsonObject { ["name"] = NameOf(v), ["enumValue"] = v })]),
    };

    /// <summary>What is configured at <paramref name="path"/> and below; secrets are left out, a twin may not have them.</summary>
    public static JsonNode OfKeys(IReadOnlyList<OptionKey> keys, string path)
    {
        var own = keys.FirstOrDefault(k => k.Path == path);
        return own?.Type switch
        {
            null => Section(keys, path),
            "sections by name" => Map("name", Section(keys, path + ":<name>")),
            "list of sections" => Array(Section(keys, path + "[]")),
            "values by name" => Map("name", "string"),
            "list of texts" => Array("string"),
            // Written as `0,0 0.5,0 0.5,1`, which the key takes, too: arrays in arrays would be the sixth level, and DTDL ends at the fifth.
            "text" or "path" or "list of points" => "string",
            "integer" or "milliseconds" => "long",
            "number" => "double",
            "true or false" => "boolean",
            "one of" => Enum(own.Range!.Split(", ").Where(v => v != "required")),
            _ => throw new NotSupportedException($"{path} is of the type '{own.Type}', which DTDL has no schema for yet; add it here."),
        };
    }

    /// <summary>The names directly below.</summary>
    public static IEnumerable<string> NamesBelow(IReadOnlyList<OptionKey> keys, string path) => keys
        .Where(k => k.Path.StartsWith(path + ":", StringComparison.Ordinal) && k.Type != "secret")
        .Select(k => k.Path[(path.Length + 1)..].Split(':', '[')[0]).Distinct();

    /// <summary>A description that fits.</summary>
    public static string Brief(string text)
    {
        if (text.Length <= MaxText) return text;
        var end = text.LastIndexOf(". ", MaxText - 1, StringComparison.Ordinal);
        return end > 0 ? text[..(end + 1)] : text[..MaxText];
    }

    /// <summary>Of a part of a JSON Schema: alternatives are laid over each other, because DTDL has none.</summary>
    public static JsonNode OfJsonSchema(JsonNode root, JsonNode schema)
    {
        var flat = Flatten(root, schema);
        if (flat["properties"] is JsonObject properties)
            return Object([.. properties.Select(p => (p.Key, OfJsonSchema(root, p.Value!)))]);
        if (flat["items"] is { } items) return Array(OfJsonSchema(root, items));
        if (flat["enum"] is JsonArray values) return Enum(values.Select(v => (string)v!));
        return (string?)flat["type"] switch
        {
            "string" => "string",
            "number" => "double",
            "integer" => "long",
            "boolean" => "boolean",
            var other => throw new NotSupportedException($"JSON Schema of the type '{other}' has no DTDL schema yet; add it here."),
        };
    }

    private static JsonObject Flatten(JsonNode root, JsonNode schema)
    {
        var flat = new JsonObject();
        foreach (var part in Parts(root, schema))
        {
            foreach (var (name, value) in part.AsObject())
            {
                if (name == "properties") Overlay(flat, value!.AsObject());
                else if (name == "const") Add(flat, [value!]);
                else if (name == "enum") Add(flat, value!.AsArray());
                else if (name is "type" or "items") flat[name] ??= value!.DeepClone();
            }
        }

        return flat;
    }

    private static void Overlay(JsonObject flat, JsonObject properties)
    {
        var all = flat["properties"] ??= new JsonObject();
        // The same property in two alternatives is either of them.
        foreach (var (name, value) in properties)
            all[name] = all[name] is { } known ? new JsonObject { ["oneOf"] = new JsonArray(known.DeepClone(), value!.DeepClone()) } : value!.DeepClone();
    }

    private static void Add(JsonObject flat, IEnumerable<JsonNode?> values)
    {
        var all = (flat["enum"] ??= new JsonArray()).AsArray();
        foreach (var value in values)
            if (!all.Any(v => JsonNode.DeepEquals(v, value))) all.Add(value!.DeepClone());
    }

    private static IEnumerable<JsonNode> Parts(JsonNode root, JsonNode schema)
    {
        yield return schema;
        if ((string?)schema["$ref"] is { } reference)
            foreach (var part in Parts(root, reference[2..].Split('/').Aggregate(root, (node, name) => node[name]!))) yield return part;
        foreach (var alternatives in new[] { "allOf", "oneOf" })
            foreach (var one in schema[alternatives]?.AsArray() ?? [])
                foreach (var part in Parts(root, one!)) yield return part;
        if (schema["then"] is { } then)
            foreach (var part in Parts(root, then)) yield return part;
    }

    private static JsonObject Section(IReadOnlyList<OptionKey> keys, string path) => new()
    {
        ["@type"] = "Object",
        ["fields"] = new JsonArray([.. NamesBelow(keys, path).Select(name =>
        {
            var field = new JsonObject { ["name"] = name };
            if (keys.FirstOrDefault(k => k.Path == $"{path}:{name}")?.Text is { } text) field["description"] = Brief(text);
            field["schema"] = OfKeys(keys, $"{path}:{name}");
            return (JsonNode)field;
        })]),
    };

    /// <summary>DTDL's names have letters, digits and underscores, and begin with a letter.</summary>
    private static string NameOf(string value) => char.IsAsciiLetter(value[0]) ? NoName().Replace(value, "_") : string.Create(CultureInfo.InvariantCulture, $"v{NoName().Replace(value, "_")}");

    [GeneratedRegex("[^A-Za-z0-9_]")]
    private static partial Regex NoName();
}
