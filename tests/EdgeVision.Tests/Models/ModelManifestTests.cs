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
          "golden": [{
            "picture": "a.jpg", "minIou": 0.7, "confidenceTolerance": 0.2,
            "objects": [{ "label": "cat", "classId": 0, "confidence": 0.9, "box": { "left": 0.1, "top": 0.2, "width": 0.3, "height": 0.4 } }]
          }],
          "file": "model.onnx", "sha256": "{{Sha}}", "labels": ["cat", "dog"], "family": "nanodet",
          "decoder": { "strides": [8, 16], "regMax": 7, "centreOffset": 0, "activation": "sigmoid" },
          "input": { "width": 320, "height": 256, "type": "uint8", "layout": "nhwc", "colour": "rgb", "mean": [1, 2, 3], "std": [4, 5, 6], "resize": "topLeft", "pad": 114 },
          "confidenceThreshold": 0.4, "confidenceThresholds": { "dog": 0.9 }, "nmsIou": 0.5, "maxDetections": 7, "classIds": [0, 5]
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
        Assert.Equal((7, 0f, ScoreActivation.Sigmoid), (manifest.Decoder.RegMax, manifest.Decoder.CentreOffset, manifest.Decoder.Activation));
        Assert.Equal([0, 5], manifest.ClassIds);
        Assert.Equal((320, 256, TensorLayout.Nhwc, ColourOrder.Rgb), (manifest.Input.Width, manifest.Input.Height, manifest.Input.Layout, manifest.Input.Colour));
        Assert.Equal([1, 2, 3], manifest.Input.Mean);
        Assert.Equal([4, 5, 6], manifest.Input.Std);
        Assert.Equal((ResizeMode.TopLeft, 114f), (manifest.Input.Resize, manifest.Input.Pad));
        Assert.Equal((0.4f, 0.9f, 0.5f, 7), (manifest.ConfidenceThreshold, manifest.ConfidenceThresholds["dog"], manifest.NmsIou!.Value, manifest.MaxDetections));
    }

    [Fact]
    public void Golden_samples_are_read_with_their_boxes_as_edges()
    {
        var sample = Assert.Single(Parse(Full).Golden);
        Assert.Equal(("a.jpg", 0.7f, 0.2f), (sample.Picture, sample.MinIou, sample.ConfidenceTolerance));
        var found = Assert.Single(sample.Objects);
        Assert.Equal(("cat", 0.9f), (found.Label, found.Confidence));
        Assert.Equal(0.1f, found.Box.Left, 1e-6f);
        Assert.Equal(0.4f, found.Box.Right, 1e-6f);
        Assert.Equal(0.6f, found.Box.Bottom, 1e-6f);
    }

    [Fact]
    public void What_may_be_left_out_has_its_default()
    {
        var manifest = Parse(Without("description", "confidenceThresholds", "nmsIou", "maxDetections", "input:layout", "input:mean", "input:std", "input:pad", "classIds", "decoder:activation"));
        Assert.Equal(ScoreActivation.None, manifest.Decoder.Activation);
        Assert.Empty(manifest.ClassIds);
        Assert.Equal((null, null, 100), (manifest.Description, manifest.NmsIou, manifest.MaxDetections));
        Assert.Empty(manifest.ConfidenceThresholds);
        Assert.Equal((TensorLayout.Nchw, 0f), (manifest.Input.Layout, manifest.Input.Pad));
        Assert.Equal([0, 0, 0], manifest.Input.Mean);
        Assert.Equal([1, 1, 1], manifest.Input.Std);
    }

    public static TheoryData<string, string, string> Mistakes => new()
    {
        { "name", "\"a b\"", "'a b' is no name of 1 to 100 letters" },
        { "name", "7", "7 is not a text." },
        { "version", "\" \"", "' ' is not a line of 1 to 50 characters." },
        { "licence", "\"a\\nb\"", "'a\uFFFDb' is not a line of 1 to 1000 characters." },
        { "family", "\"yolov99\"", "'yolov99' is not one of nanodet, yolox, yolov5, yolov8, endToEnd, tfObjectDetection, ultraface, yunet, detr." },
        { "file", "\"../model.onnx\"", "'../model.onnx' is no name of a file inside the package's folder." },
        { "file", "\"..\"", "'..' is no name of a file" },
        { "file", "\"/etc/passwd\"", "'/etc/passwd' is no name of a file" },
        { "file", "\"sub\\\\model.onnx\"", "'sub\\model.onnx' is no name of a file" },
        { "file", "\"a\\u0000b\"", "'a\uFFFDb' is no name of a file" },
        { "labels", "\"../labels.txt\"", "'../labels.txt' is no name of a file" },
        { "labels", "[]", "0 labels stand where 1 to 10000 were expected." },
        { "labels[1]", "[\"a\", 7]", "7 is not a text." },
        { "labels[1]", "[\"a\", \"\"]", "'' is not a line of 1 to 200 characters." },
        { "sha256", "\"abc\"", "'abc' is not 64 hexadecimal digits." },
        { "confidenceThreshold", "\"high\"", "'high' is not a number from 0 to 1." },
        { "confidenceThreshold", "1e999", "1e999 is not a number" },
        { "confidenceThresholds", "7", "7 stands where a section was expected" },
        { "confidenceThresholds:dog", "{\"dog\": 2}", "2 is not a number from 0 to 1." },
        { "confidenceThresholds:dog", "{\"dog\": null}", "null is not a number" },
        { "nmsIou", "-1", "-1 is not a number from 0 to 1." },
        { "maxDetections", "0", "0 is not a whole number from 1 to 10000." },
        { "maxDetections", "1.5", "1.5 is not a whole number" },
        { "input", "[]", "[] stands where a section was expected" },
        { "input:width", "0", "0 is not a whole number from 1 to 4096." },
        { "input:height", "100000", "100000 is not a whole number" },
        { "input:colour", "\"grb\"", "'grb' is not one of bgr, rgb." },
        { "input:mean", "[1, 2]", "[1,2] is not a list of 3 numbers." },
        { "input:std[1]", "[1, 0, 1]", "0 is not a number from 0.001 to 1000." },
        { "input:resize", "null", "is missing; set it." },
        { "golden", "{}", "a section stands where a list was expected." },
        { "golden[0]", "[7]", "7 is not a section." },
        { "golden[0]:picture", "[{ \"picture\": \"../a.jpg\", \"objects\": [] }]", "'../a.jpg' is no name of a file inside the package's folder." },
        { "golden[0]:objects", "[{ \"picture\": \"a.jpg\" }]", "is missing; set it." },
        { "golden[0]:objects[0]:box", "[{ \"picture\": \"a.jpg\", \"objects\": [{ \"label\": \"cat\", \"confidence\": 1 }] }]", "is missing; set it." },
        { "golden[0]:objects[0]:confidence", "[{ \"picture\": \"a.jpg\", \"objects\": [{ \"label\": \"cat\", \"confidence\": 2, \"box\": { \"left\": 0, \"top\": 0, \"width\": 1, \"height\": 1 } }] }]", "2 is not a number from 0 to 1." },
        { "decoder:strides[1]", "[8, 0]", "0 is not a whole number from 4 to 1024." },
        { "decoder:strides", "[]", "[] is not a list of 1 to 8 numbers." },
        { "decoder:strides", "8", "8 is not a list of 1 to 8 numbers." },
        { "decoder:activation", "\"softmax\"", "'softmax' is not one of none, sigmoid." },
        { "classIds", "[3, 1, 3]", "3 stands here twice; each label has an id of its own." },
        { "classIds[1]", "[1, -2]", "-2 is not a whole number from 0 to 99999." },
        { "decoder:regMax", "1000000", "1000000 is not a whole number from 1 to 63." },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistaken_value_is_the_only_mistake_and_quoted_with_its_path(string path, string value, string expected)
    {
        // Text instead of a node: some of these values are no valid node.
        var key = path.Split('[')[0].Replace("confidenceThresholds:dog", "confidenceThresholds", StringComparison.Ordinal);
        var root = JsonNode.Parse(Full)!;
        Set(root, key, "@@");
        var message = Refuse(root.ToJsonString().Replace("\"@@\"", value, StringComparison.Ordinal));
        Assert.StartsWith($"test.json has a mistake: model.json:{path}: {expected}", message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string?, string> Families => new()
    {
        { "yolox", """{ "strides": [8, 16, 32] }""", "8,16,32 None Grid" },
        { "yolox", """{ "boxes": "pixels" }""", " None Pixels" },
        { "yunet", """{ "strides": [8, 16, 32] }""", "8,16,32 None Grid" },
        { "detr", null, " Sigmoid Grid" },
        { "detr", """{ "activation": "softmax" }""", " Softmax Grid" },
        { "yolov5", null, " None Grid" },
        { "yolov8", null, " None Grid" },
        { "endToEnd", null, " None Grid" },
        { "ultraface", null, " None Grid" },
        { "tfObjectDetection", null, " None Grid" },
    };

    [Theory]
    [MemberData(nameof(Families))]
    public void Each_family_reads_its_own_part_of_the_decoder_section(string family, string? decoder, string expected)
    {
        var manifest = Parse(OfFamily(family, decoder));
        Assert.Equal(expected, $"{string.Join(',', manifest.Decoder.Strides)} {manifest.Decoder.Activation} {manifest.Decoder.Boxes}");
    }

    public static TheoryData<string, string?, string> MistakenFamilies => new()
    {
        { "yolox", """{ "boxes": "pixels", "strides": [8] }""", "model.json:decoder:strides: unknown key; known here are boxes." },
        { "yolox", null, "model.json:decoder: is missing; set it." },
        { "yunet", """{ "strides": [8], "regMax": 7 }""", "model.json:decoder:regMax: unknown key; known here are strides." },
        { "detr", """{ "activation": "none" }""", "model.json:decoder:activation: 'none' is not one of sigmoid, softmax." },
        { "yolov8", """{ "strides": [8] }""", "model.json:decoder: unknown key" },
    };

    [Theory]
    [MemberData(nameof(MistakenFamilies))]
    public void What_a_family_does_not_know_is_refused(string family, string? decoder, string expected) =>
        Assert.Contains(expected, Refuse(OfFamily(family, decoder)), StringComparison.Ordinal);

    [Fact]
    public void A_graph_of_the_tf_object_detection_api_must_say_its_class_ids()
    {
        var root = JsonNode.Parse(Without("classIds", "decoder"))!;
        root["family"] = "tfObjectDetection";
        Assert.Contains("model.json:classIds: is missing; list the model's id of each label, as [1, 2, 3]", Refuse(root.ToJsonString()), StringComparison.Ordinal);
    }

    [Fact]
    public void All_mistakes_are_told_at_once()
    {
        var root = JsonNode.Parse(Full)!;
        root.AsObject().Remove("licence");
        Set(root, "confidenceTreshold", 0.3);
        Set(root, "input:width", "wide");
        Set(root, "decoder:bins", 3);
        var message = Refuse(root.ToJsonString());
        Assert.StartsWith("test.json has 4 mistakes: ", message, StringComparison.Ordinal);
        Assert.Contains("model.json:licence: is missing; set it.", message, StringComparison.Ordinal);
        Assert.Contains("model.json:confidenceTreshold: unknown key; did you mean confidenceThreshold?", message, StringComparison.Ordinal);
        Assert.Contains("model.json:input:width: 'wide' is not a whole number", message, StringComparison.Ordinal);
        Assert.Contains("model.json:decoder:bins: unknown key", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_in_another_case_numbers_in_quotes_and_comments_are_forgiven()
    {
        var manifest = Parse(Full.Replace("\"nmsIou\": 0.5", "\"NMSIOU\": \"0.5\", /* measured */", StringComparison.Ordinal).Replace(", \"maxD", " \"maxD", StringComparison.Ordinal));
        Assert.Equal((0.5f, 7), (manifest.NmsIou!.Value, manifest.MaxDetections));
    }

    [Fact]
    public void Thresholds_are_of_labels_as_they_are_spelt()
    {
        var manifest = Parse(Full.Replace("{ \"dog\": 0.9 }", "{ \"B\": 0.9, \"b\": 0.8 }", StringComparison.Ordinal));
        Assert.Equal((0.9f, 0.8f), (manifest.ConfidenceThresholds["B"], manifest.ConfidenceThresholds["b"]));
    }

    [Fact]
    public void More_labels_than_allowed_are_refused() =>
        Assert.Contains("model.json:labels: 10001 labels stand", Refuse(Full.Replace("[\"cat\", \"dog\"]", $"[{string.Join(',', Enumerable.Repeat("\"a\"", 10_001))}]", StringComparison.Ordinal)), StringComparison.Ordinal);

    public static TheoryData<string, string, string> NotJson => new()
    {
        { "nothing", "", "is empty" },
        { "a mistake in line 3", "{\n\"name\": 1,\n\"version\" 2 }", "line 3" },
        { "a key twice", "{ \"name\": \"a\", \"name\": \"b\" }", "has the key \"name\" twice" },
        { "a list", "[]", "an object as in schemas/model.schema.json was expected" },
        { "a key that is half a character", "{ \"\\ud800\": 1 }", "holds text that is not valid Unicode" },
        { "a text that is half a character", "{ \"version\": \"\\ud800\" }", "holds text that is not valid Unicode" },
        { "a label that is half a character", "{ \"confidenceThresholds\": { \"\\ud800\": 1 } }", "holds text that is not valid Unicode" },
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
        Assert.Contains("save it as UTF-8", Assert.Throws<ModelException>(() => ModelManifest.Parse(Encoding.Latin1.GetBytes(Full.Replace("MIT", "Ünique", StringComparison.Ordinal)), "x")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_manifest_over_its_size_is_refused() => Assert.Contains("has 1048577 bytes; at most 1048576 were expected", Refuse(new string(' ', ModelManifest.MaxBytes + 1)), StringComparison.Ordinal);

    [Fact]
    public void The_schema_knows_the_same_keys_and_requires_the_same()
    {
        using var schema = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Repository.Root, "schemas", "model.schema.json")));
        var root = schema.RootElement;
        var decoder = root.GetProperty("allOf")[0].GetProperty("then").GetProperty("properties").GetProperty("decoder");
        var full = JsonNode.Parse(Full)!.AsObject();
        foreach (var (prefix, node, section) in new[] { ("", full, root), ("input:", full["input"]!.AsObject(), root.GetProperty("properties").GetProperty("input")), ("decoder:", full["decoder"]!.AsObject(), decoder) })
        {
            var keys = node.Select(static p => p.Key).ToArray();
            Assert.Equal(keys.Order(), section.GetProperty("properties").EnumerateObject().Select(static p => p.Name).Order());
            var required = section.GetProperty("required").EnumerateArray().Select(static r => r.GetString()!).ToHashSet();
            if (prefix.Length == 0) required.Add("decoder");
            foreach (var key in keys)
            {
                if (required.Contains(key)) Assert.Contains($"has a mistake: model.json:{prefix}{key}: is missing; set it.", Refuse(Without(prefix + key)), StringComparison.Ordinal);
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
            if (key.Split(':') is [var section, var name]) root[section]!.AsObject().Remove(name);
            else root.Remove(key);
        }

        return root.ToJsonString();
    }

    private static string OfFamily(string family, string? decoder)
    {
        var root = JsonNode.Parse(Full)!.AsObject();
        root["family"] = family;
        root.Remove("decoder");
        if (decoder is not null) root["decoder"] = JsonNode.Parse(decoder);
        return root.ToJsonString();
    }

    private static void Set(JsonNode root, string key, JsonNode value)
    {
        if (key.Split(':') is [var section, var name]) root[section]![name] = value;
        else root[key] = value;
    }
}
