using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using EdgeVision.Inference;
using EdgeVision.Models;

namespace EdgeVision.Tests.Models;

public sealed class ModelManifestTests
{
    private static readonly string Sha = new('a', 64);

    /// <summary>Every key there is.</summary>
    private static string Full => $$"""
        {
          "$schema": "x", "name": "toy-1.0", "version": "2", "description": "d", "licence": "MIT", "source": "s",
          "file": "model.onnx", "sha256": "{{Sha}}", "labels": ["cat", "dog"], "family": "nanodet",
          "decoder": { "strides": [8, 16], "regMax": 7, "centreOffset": 0 },
          "input": { "width": 320, "height": 256, "layout": "nhwc", "colour": "rgb", "mean": [1, 2, 3], "std": [4, 5, 6], "resize": "topLeft", "pad": 114 },
          "confidenceThreshold": 0.4, "confidenceThresholds": { "dog": 0.9 }, "nmsIou": 0.5, "maxDetections": 7
        }
        """;

    [Fact]
    public void Everything_that_can_be_said_is_read()
    {
        var manifest = Parse(Full);
        Assert.Equal(("toy-1.0", "2", "d", "MIT", "s"), (manifest.Name, manifest.Version, manifest.Description, manifest.Licence, manifest.Source));
        Assert.Equal(("model.onnx", Sha, ModelFamily.NanoDet), (manifest.File, manifest.Sha256, manifest.Family));
        Assert.Equal(["cat", "dog"], manifest.Labels);
        Assert.Null(manifest.LabelsFile);
        Assert.Equal([8, 16], manifest.Decoder.Strides);
        Assert.Equal((7, 0f), (manifest.Decoder.RegMax, manifest.Decoder.CentreOffset));
        Assert.Equal((320, 256, TensorLayout.Nhwc, ColourOrder.Rgb), (manifest.Input.Width, manifest.Input.Height, manifest.Input.Layout, manifest.Input.Colour));
        Assert.Equal([1, 2, 3], manifest.Input.Mean);
        Assert.Equal([4, 5, 6], manifest.Input.Std);
        Assert.Equal((ResizeMode.TopLeft, 114f), (manifest.Input.Resize, manifest.Input.Pad));
        Assert.Equal((0.4f, 0.9f, 0.5f, 7), (manifest.ConfidenceThreshold, manifest.ConfidenceThresholds["dog"], manifest.NmsIou!.Value, manifest.MaxDetections));
    }

    [Fact]
    public void What_may_be_left_out_has_its_default()
    {
        var manifest = Parse(Without("description", "confidenceThresholds", "nmsIou", "maxDetections", "input.layout", "input.mean", "input.std", "input.pad"));
        Assert.Equal((null, null, 100), (manifest.Description, manifest.NmsIou, manifest.MaxDetections));
        Assert.Empty(manifest.ConfidenceThresholds);
        Assert.Equal((TensorLayout.Nchw, 0f), (manifest.Input.Layout, manifest.Input.Pad));
        Assert.Equal([0, 0, 0], manifest.Input.Mean);
        Assert.Equal([1, 1, 1], manifest.Input.Std);
    }

    public static TheoryData<string, string, string> Mistakes => new()
    {
        { "name", "\"a b\"", "'name' is \"a b\", expected a name of letters" },
        { "name", "7", "'name' is 7" },
        { "version", "\" \"", "'version' is \" \"" },
        { "version", "\"\\ud800\"", "'version' is \"\\ud800\"" },
        { "licence", "\"a\\nb\"", "'licence' is" },
        { "family", "\"yolov99\"", "'family' is \"yolov99\", expected \"nanodet\"" },
        { "file", "\"../model.onnx\"", "'file' is \"../model.onnx\", expected a file name inside the package's folder" },
        { "file", "\"..\"", "'file' is \"..\"" },
        { "file", "\"/etc/passwd\"", "'file' is \"/etc/passwd\"" },
        { "file", "\"sub\\\\model.onnx\"", "'file' is" },
        { "labels", "\"../labels.txt\"", "'labels' is \"../labels.txt\"" },
        { "labels", "[]", "'labels' is []" },
        { "labels", "[\"a\", 7]", "'labels[1]' is 7" },
        { "sha256", "\"abc\"", "'sha256' is \"abc\", expected 64 hexadecimal digits" },
        { "confidenceThreshold", "\"0.4\"", "'confidenceThreshold' is \"0.4\", expected a number from 0 to 1" },
        { "confidenceThreshold", "1e999", "'confidenceThreshold' is 1e999" },
        { "confidenceThresholds", "{\"dog\": 2}", "'confidenceThresholds.dog' is 2" },
        { "nmsIou", "-1", "'nmsIou' is -1" },
        { "maxDetections", "0", "'maxDetections' is 0, expected a whole number from 1 to 10000" },
        { "maxDetections", "1.5", "'maxDetections' is 1.5" },
        { "input", "[]", "'input' is [], expected an object" },
        { "input.width", "0", "'input.width' is 0, expected a whole number from 1 to 4096" },
        { "input.height", "100000", "'input.height' is 100000" },
        { "input.colour", "\"grb\"", "'input.colour' is \"grb\", expected one of \"bgr\", \"rgb\"" },
        { "input.mean", "[1, 2]", "'input.mean' is [1, 2], expected a list of 3 numbers" },
        { "input.std", "[1, 0, 1]", "'input.std[1]' is 0" },
        { "input.resize", "null", "'input.resize' is null, expected one of" },
        { "decoder.strides", "[8, 0]", "'decoder.strides[1]' is 0" },
        { "decoder.strides", "[]", "'decoder.strides' is []" },
        { "decoder.regMax", "1000000", "'decoder.regMax' is 1000000" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistaken_value_is_quoted_with_its_key(string key, string value, string expected)
    {
        var root = JsonNode.Parse(Full)!;
        // Text instead of a node: some of these values are no valid node.
        var marker = "\"@@\"";
        Set(root, key, "@@");
        var message = Refuse(root.ToJsonString().Replace(marker, value, StringComparison.Ordinal));
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.StartsWith("test.json", message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_mistakes_are_told_at_once()
    {
        var root = JsonNode.Parse(Full)!;
        root.AsObject().Remove("licence");
        Set(root, "confidenceTreshold", 0.3);
        Set(root, "input.width", "wide");
        Set(root, "decoder.bins", 3);
        var message = Refuse(root.ToJsonString());
        Assert.Contains("has 4 mistakes", message, StringComparison.Ordinal);
        Assert.Contains("'licence' is missing", message, StringComparison.Ordinal);
        Assert.Contains("unknown key 'confidenceTreshold', did you mean 'confidenceThreshold'", message, StringComparison.Ordinal);
        Assert.Contains("'input.width' is \"wide\"", message, StringComparison.Ordinal);
        Assert.Contains("unknown key 'decoder.bins'", message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string> NotJson => new()
    {
        { "nothing", "", "line 1" },
        { "a mistake in line 3", "{\n\"name\": 1,\n\"version\" 2 }", "line 3" },
        { "a key twice", "{ \"name\": \"a\", \"name\": \"b\" }", "is not valid JSON" },
        { "a list", "[]", "an object as in schemas/model.schema.json was expected" },
        { "a key that is half a character", "{ \"\\ud800\": 1 }", "has a key that is no text" },
        { "too deep", new string('[', 1000), "is not valid JSON" },
    };

    [Theory]
    [MemberData(nameof(NotJson))]
    public void What_is_no_json_object_is_refused(string name, string json, string expected)
    {
        Assert.NotEmpty(name);
        Assert.Contains(expected, Refuse(json), StringComparison.Ordinal);
    }

    [Fact]
    public void A_manifest_in_another_encoding_is_refused() =>
        Assert.Contains("is not UTF-8", Assert.Throws<ModelException>(() => ModelManifest.Parse(Encoding.Latin1.GetBytes(Full.Replace("MIT", "Ünique", StringComparison.Ordinal)), "x")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_manifest_over_its_size_is_refused() => Assert.Contains("at most 1048576", Refuse(new string(' ', ModelManifest.MaxBytes + 1)), StringComparison.Ordinal);

    [Fact]
    public void The_schema_knows_the_same_keys_and_requires_the_same()
    {
        using var schema = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Repository.Root, "schemas", "model.schema.json")));
        var root = schema.RootElement;
        var decoder = root.GetProperty("allOf")[0].GetProperty("then").GetProperty("properties").GetProperty("decoder");
        var full = JsonNode.Parse(Full)!.AsObject();
        foreach (var (prefix, node, section) in new[] { ("", full, root), ("input.", full["input"]!.AsObject(), root.GetProperty("properties").GetProperty("input")), ("decoder.", full["decoder"]!.AsObject(), decoder) })
        {
            var keys = node.Select(static p => p.Key).ToArray();
            Assert.Equal(keys.Order(), section.GetProperty("properties").EnumerateObject().Select(static p => p.Name).Order());
            var required = section.GetProperty("required").EnumerateArray().Select(static r => r.GetString()!).ToHashSet();
            if (prefix.Length == 0) required.Add("decoder");
            foreach (var key in keys)
            {
                if (required.Contains(key)) Assert.Contains($"'{prefix}{key}' is missing", Refuse(Without(prefix + key)), StringComparison.Ordinal);
                else Parse(Without(prefix + key));
            }
        }
    }

    [Fact]
    public void Random_bytes_are_refused_and_never_crash() =>
        Gen.Byte.Array[0, 200].Sample(bytes => Assert.Throws<ModelException>(() => ModelManifest.Parse(bytes, "fuzz")), iter: 2000);

    [Fact]
    public void A_mutated_manifest_is_read_or_refused_and_never_crashes()
    {
        var good = Encoding.UTF8.GetBytes(Full);
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte, Gen.Int[0, 3], Gen.Int[0, good.Length - 1]).Array[1, 4].Sample(mutations =>
        {
            var bytes = good.ToList();
            foreach (var (at, value, kind, from) in mutations)
            {
                var index = Math.Min(at, bytes.Count - 1);
                if (kind == 0) bytes[index] = value;
                else if (kind == 1) bytes.RemoveAt(index);
                else if (kind == 2) bytes.Insert(index, value);
                else bytes.InsertRange(index, good.Skip(from).Take(value));
            }

            try
            {
                var manifest = ModelManifest.Parse(bytes.ToArray(), "fuzz");
                Assert.InRange(manifest.Input.Width, 1, ModelInput.MaxSide);
                Assert.InRange(manifest.ConfidenceThreshold, 0, 1);
                Assert.Equal(manifest.File, Path.GetFileName(manifest.File));
            }
            catch (ModelException)
            {
                // The other answer that is allowed.
            }
        }, iter: 5000);
    }

    private static ModelManifest Parse(string json) => ModelManifest.Parse(Encoding.UTF8.GetBytes(json), "test.json");

    private static string Refuse(string json) => Assert.Throws<ModelException>(() => Parse(json)).Message;

    private static string Without(params string[] keys)
    {
        var root = JsonNode.Parse(Full)!.AsObject();
        foreach (var key in keys)
        {
            if (key.Split('.') is [var section, var name]) root[section]!.AsObject().Remove(name);
            else root.Remove(key);
        }

        return root.ToJsonString();
    }

    private static void Set(JsonNode root, string key, JsonNode value)
    {
        if (key.Split('.') is [var section, var name]) root[section]![name] = value;
        else root[key] = value;
    }
}
