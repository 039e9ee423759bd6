using System.Text;
using System.Text.Json.Nodes;
using EdgeVision.Models;

namespace EdgeVision.IntegrationTests.Models;

/// <summary>The schema, judged by a validator that is not ours, and the reader say the same of a manifest.</summary>
public sealed class ModelSchemaTests
{
    private const string Schema = "model.schema.json";

    [Fact]
    public async Task The_bundled_manifest_fits_the_schema() => await SchemaJudge.AcceptsAsync(Schema, [Bundled().ToJsonString()]);

    /// <summary>One change of the bundled manifest a row; null removes the key.</summary>
    public static TheoryData<string, string?, bool> Changes => new()
    {
        { "description", null, true },
        { "labels", """["cat", "dog"]""", true },
        { "nmsIou", null, true },
        { "confidenceThresholds", """{ "person": 0.5 }""", true },
        { "input:mean", null, true },
        { "input:width", "4096", true },
        { "name", "\"a b\"", false },
        { "version", "\"\"", false },
        { "version", "\" \"", false },
        { "licence", null, false },
        { "licence", "\"a\\nb\"", false },
        { "source", $"\"{new string('x', 2001)}\"", false },
        { "family", "\"yolov99\"", false },
        { "file", "\"../model.onnx\"", false },
        { "file", "\"..\"", false },
        { "file", "\"a\\u0000b\"", false },
        { "file", "\"model v2.onnx\"", true },
        { "sha256", "\"abc\"", false },
        { "labels", "[]", false },
        { "labels", "[7]", false },
        { "confidenceThreshold", "1.1", false },
        { "confidenceThresholds", """{ "person": -1 }""", false },
        { "maxDetections", "10001", false },
        { "threshold", "0.4", false },
        { "input", null, false },
        { "input:width", "0", false },
        { "input:height", "416.5", false },
        { "input:mean", "[1, 2]", false },
        { "input:std", "[1, 1, 0]", false },
        { "input:resize", "\"crop\"", false },
        { "golden", null, true },
        { "golden", "[]", true },
        { "golden", "{}", false },
        { "golden", """[{ "picture": "a.jpg", "objects": [], "minIou": 0.5, "confidenceTolerance": 1 }]""", true },
        { "golden", """[{ "picture": "a/b.jpg", "objects": [] }]""", false },
        { "golden", """[{ "picture": "a.jpg" }]""", false },
        { "golden", """[{ "picture": "a.jpg", "objects": [{ "label": "person", "confidence": 0.5, "box": [0, 0, 1, 1] }] }]""", false },
        { "golden", """[{ "picture": "a.jpg", "objects": [{ "label": "person", "classId": 0, "confidence": 0.5, "box": { "left": 0, "top": 0, "width": 1, "height": 1 } }] }]""", true },
        { "golden", """[{ "picture": "a.jpg", "objects": [{ "label": "person", "confidence": 0.5, "box": { "left": 0, "top": 0, "width": 1.1, "height": 1 } }] }]""", false },
        { "golden", """[{ "picture": "a.jpg", "objects": [], "tolerance": 1 }]""", false },
        { "decoder", null, false },
        { "decoder:strides", "[2]", false },
        { "decoder:regMax", null, false },
        { "decoder:bins", "8", false },
        { "decoder:activation", "\"sigmoid\"", true },
        { "decoder:activation", "\"softmax\"", false },
        { "classIds", "[1, 2, 90]", true },
        { "classIds", "[1, 1]", false },
        { "classIds", "[-1]", false },
        { "classIds", "7", false },
    };

    [Fact]
    public async Task Schema_and_reader_agree_on_every_change()
    {
        var lines = new List<string>();
        foreach (var row in Changes)
        {
            var (path, value, good) = row.Data;
            lines.Add(Changed(path, value));
            var refusal = Record.Exception(() => ModelManifest.Parse(Encoding.UTF8.GetBytes(lines[^1]), "test.json"));
            Assert.True(good ? refusal is null : refusal is ModelException, $"{path} = {value}: the reader says {refusal?.Message ?? "fine"}");
        }

        var (_, said) = await SchemaJudge.JudgeAsync(Schema, lines);

        foreach (var (at, row) in Changes.Index())
        {
            var (path, value, good) = row.Data;
            Assert.True(good != said.Contains($"line {at + 1}: ", StringComparison.Ordinal), $"{path} = {value}: the schema says {said}");
        }
    }

    /// <summary>Family, decoder section, class ids, and whether they go together; an empty text leaves a key out.</summary>
    public static TheoryData<string, string, string, bool> Families => new()
    {
        { "yolox", """{ "strides": [8, 16, 32] }""", "", true },
        { "yolox", """{ "strides": [8, 16, 32], "boxes": "grid" }""", "", true },
        { "yolox", """{ "boxes": "pixels" }""", "", true },
        { "yolox", """{ "boxes": "pixels", "strides": [8] }""", "", false },
        { "yolox", "{}", "", false },
        { "yolox", "", "", false },
        { "yolov5", "", "", true },
        { "yolov5", """{ "strides": [8] }""", "", false },
        { "yolov8", "", "", true },
        { "yolov8", """{ "regMax": 7 }""", "", false },
        { "endToEnd", "", "[1, 2]", true },
        { "tfObjectDetection", "", "[1, 2]", true },
        { "tfObjectDetection", "", "[]", false },
        { "tfObjectDetection", "", "", false },
        { "ultraface", "", "", true },
        { "yunet", """{ "strides": [8, 16, 32] }""", "", true },
        { "yunet", """{ "strides": [8], "boxes": "grid" }""", "", false },
        { "yunet", "", "", false },
        { "detr", "", "", true },
        { "detr", """{ "activation": "softmax" }""", "", true },
        { "detr", """{ "activation": "none" }""", "", false },
        { "detr", """{ "strides": [8] }""", "", false },
    };

    [Fact]
    public async Task Schema_and_reader_agree_on_what_each_family_needs()
    {
        var lines = new List<string>();
        foreach (var row in Families)
        {
            var (family, decoder, ids, good) = row.Data;
            var manifest = Bundled();
            manifest["family"] = family;
            manifest.Remove("decoder");
            if (decoder.Length > 0) manifest["decoder"] = JsonNode.Parse(decoder);
            if (ids.Length > 0) manifest["classIds"] = JsonNode.Parse(ids);
            lines.Add(manifest.ToJsonString());
            var refusal = Record.Exception(() => ModelManifest.Parse(Encoding.UTF8.GetBytes(lines[^1]), "test.json"));
            Assert.True(good ? refusal is null : refusal is ModelException, $"{row.Data}: the reader says {refusal?.Message ?? "fine"}");
        }

        var (_, said) = await SchemaJudge.JudgeAsync(Schema, lines);
        foreach (var (at, row) in Families.Index()) Assert.True(row.Data.Item4 != said.Contains($"line {at + 1}: ", StringComparison.Ordinal), $"{row.Data}: the schema says {said}");
    }

    private static string Changed(string path, string? value)
    {
        var manifest = Bundled();
        var keys = path.Split(':');
        var section = keys.Length == 1 ? manifest : manifest[keys[0]]!.AsObject();
        if (value is null) Assert.True(section.Remove(keys[^1]));
        else section[keys[^1]] = JsonNode.Parse(value);
        return manifest.ToJsonString();
    }

    private static JsonObject Bundled() => JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.BundledModel, "model.json")))!.AsObject();
}
