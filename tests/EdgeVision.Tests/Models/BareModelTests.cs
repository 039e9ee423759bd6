using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using EdgeVision.Inference;
using EdgeVision.Models;

namespace EdgeVision.Tests.Models;

public sealed class BareModelTests : IDisposable
{
    private const string Names = "{0: 'cat', 1: 'dog'}";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static (string Key, string Value)[] Ultralytics =>
    [
        ("description", "Ultralytics YOLO11n model"), ("author", "Ultralytics"), ("version", "8.3.221"), ("license", "AGPL-3.0 License (https://ultralytics.com/license)"),
        ("stride", "32"), ("task", "detect"), ("imgsz", "[480, 640]"), ("names", Names),
    ];

    /// <summary>All that NanoDet needs, in the words of our converters.</summary>
    private static (string Key, string Value)[] NanoDet =>
    [
        ("family", "nanodet-plus"), ("names", Names), ("color", "BGR"), ("mean", "103.53,116.28,123.675"), ("std", "57.375,57.12,58.395"), ("resize", "stretch"),
        ("reg_max", "7"), ("center_offset", "0"), ("stride", "8,16,32,64"), ("license", "Apache-2.0"),
    ];

    [Fact]
    public void A_file_of_our_converters_needs_nothing_beside_it()
    {
        var bytes = OnnxBytes.Model("images float32 [1,3,416,416]", ["output float32 [1,3598,34]"], NanoDet);
        var package = ModelPackage.Load(_folder.Write("my model.onnx", bytes));
        Assert.Equal(("my-model", "0", "Apache-2.0"), (package.Manifest.Name, package.Manifest.Version, package.Manifest.Licence));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), package.Identity.Sha256);
        Assert.Equal(["cat", "dog"], package.Labels);
        Assert.Equal((416, 416, ColourOrder.Bgr, ResizeMode.Stretch), (package.Manifest.Input.Width, package.Manifest.Input.Height, package.Manifest.Input.Colour, package.Manifest.Input.Resize));
        Assert.Equal([57.375f, 57.12f, 58.395f], package.Manifest.Input.Std);
        Assert.Equal([8, 16, 32, 64], package.Manifest.Decoder.Strides);
        Assert.Equal((7, 0f), (package.Manifest.Decoder.RegMax, package.Manifest.Decoder.CentreOffset));
        Assert.Equal(["confidenceThreshold 0.35", "nmsIou 0.6"], package.Assumptions);
    }

    [Fact]
    public void Ultralytics_metadata_and_one_output_make_a_whole_manifest()
    {
        var model = Open(OnnxBytes.Model("images float32 [1,3,480,640]", ["output0 float32 [1,6,6300]"], Ultralytics));
        Assert.Equal(("yolov8", "8.3.221"), (model.Json["family"]!.GetValue<string>(), model.Json["version"]!.GetValue<string>()));
        Assert.Equal("AGPL-3.0 License (https://ultralytics.com/license)", model.Json["licence"]!.GetValue<string>());
        Assert.Equal("""{"width":640,"height":480,"colour":"rgb","std":[255,255,255],"resize":"letterbox","pad":114}""", model.Json["input"]!.ToJsonString());
        Assert.Equal("""["cat","dog"]""", model.Json["labels"]!.ToJsonString());
        Assert.Equal((0.25, 0.7), (model.Json["confidenceThreshold"]!.GetValue<double>(), model.Json["nmsIou"]!.GetValue<double>()));
        Assert.Equal(("graph", "metadata", "family"), (model.Origins["family"], model.Origins["labels"], model.Origins["input:colour"]));
        Assert.Empty(model.MissingKeys);
    }

    [Theory]
    [InlineData("output0 float32 [1,300,6]", "endToEnd")]
    [InlineData("output0 float32 [batch,300,6]", "endToEnd")]
    [InlineData("output0 float32 [batch,6,anchors]", "yolov8")]
    public void Ultralytics_exports_with_open_sizes_take_theirs_from_the_metadata(string output, string family)
    {
        var model = Open(OnnxBytes.Model("images float32 [batch,3,height,width]", [output], Ultralytics));
        Assert.Equal((family, 640, 480), (model.Json["family"]!.GetValue<string>(), model.Json["input"]!["width"]!.GetValue<int>(), model.Json["input"]!["height"]!.GetValue<int>()));
        Assert.Equal("metadata", model.Origins["input:width"]);
        Assert.Equal(family == "yolov8", model.Json.ContainsKey("nmsIou"));
    }

    [Theory]
    [InlineData("segment")]
    [InlineData("pose")]
    public void Another_task_is_refused_by_name(string task)
    {
        var metadata = Ultralytics.Select(m => m.Key == "task" ? ("task", task) : m).ToArray();
        var e = Assert.Throws<ModelException>(() => Open(OnnxBytes.Model("images float32 [1,3,640,640]", ["output0 float32 [1,56,8400]"], metadata)));
        Assert.Contains($"for the task '{task}'; a model for the task 'detect' was expected", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_said_is_asked_for_and_never_guessed()
    {
        var path = _folder.Write("x.onnx", OnnxBytes.Model("images float32 [1,3,416,416]", ["output float32 [1,3549,85]"]));
        var message = Assert.Throws<ModelException>(() => ModelPackage.Load(path)).Message;
        Assert.Contains("it has input images float32 [1,3,416,416], output output float32 [1,3549,85] and no metadata", message, StringComparison.Ordinal);
        Assert.Contains("By its outputs it could be yolox (3549 rows of strides 8,16,32 and 5 + 80 columns) or nanodet", message, StringComparison.Ordinal);
        Assert.Contains("Missing: family, labels, input:colour, input:resize, confidenceThreshold. ", message, StringComparison.Ordinal);
        var proposal = JsonNode.Parse(message[message.IndexOf('{', StringComparison.Ordinal)..])!.AsObject();
        Assert.Equal(["family", "labels", "input", "confidenceThreshold", "decoder", "nmsIou"], proposal.Select(static p => p.Key));
    }

    [Fact]
    public void The_proposal_is_all_that_is_needed()
    {
        var path = _folder.Write("x.onnx", OnnxBytes.Model("images float32 [1,3,416,416]", ["output float32 [1,3549,46]"], ("family", "nanodet")));
        var proposal = BareModel.Open(path, null).Proposal()!;
        _folder.Write("rest.json", Encoding.UTF8.GetBytes(proposal.ToJsonString()));
        _folder.Write("labels.txt", "cat\ndog\n"u8);

        var package = ModelPackage.Load(path, _folder.PathOf("rest.json"));

        Assert.Equal(["cat", "dog"], package.Labels);
        Assert.Equal(10, package.Manifest.Decoder.RegMax);
    }

    [Fact]
    public void What_a_person_says_wins_over_the_file_and_only_the_rest_is_filled_in()
    {
        var path = _folder.Write("x.onnx", OnnxBytes.Model("images float32 [1,3,416,416]", ["output float32 [1,3598,34]"], NanoDet));
        _folder.Write("rest.json", """{ "Name": "mine", "confidenceThreshold": 0.5, "input": { "colour": "rgb" }, "labels": ["a", "b"], "decoder": { "centreOffset": 0.5 } }"""u8);

        var model = BareModel.Open(path, _folder.PathOf("rest.json"));

        Assert.Equal(("mine", 0.5f, ColourOrder.Rgb, ResizeMode.Stretch), (model.Manifest!.Name, model.Manifest.ConfidenceThreshold, model.Manifest.Input.Colour, model.Manifest.Input.Resize));
        Assert.Equal(["a", "b"], model.Manifest.Labels);
        Assert.Equal((0.5f, 7), (model.Manifest.Decoder.CentreOffset, model.Manifest.Decoder.RegMax));
        Assert.Equal(("--manifest", "metadata"), (model.Origins["input:colour"], model.Origins["input:resize"]));
        Assert.Equal(["nmsIou 0.6"], model.Assumptions);
    }

    [Fact]
    public void A_whole_manifest_in_the_metadata_is_taken()
    {
        var manifest = JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "models", "nanodet-g-416", "model.json")))!.AsObject();
        foreach (var key in new[] { "file", "sha256", "golden", "$schema" }) manifest.Remove(key);
        (manifest["labels"], manifest["version"]) = (new JsonArray("cat", "dog"), "7");
        var model = Open(OnnxBytes.Model("images float32 [batch,3,416,416]", ["output float32 [batch,3549,46]"], ("edgevision.manifest", manifest.ToJsonString())));
        Assert.Equal(("nanodet-g-416", "7"), (model.Manifest!.Name, model.Manifest.Version));
        Assert.Empty(model.Assumptions);
    }

    [Theory]
    [InlineData("nonsense", "The metadata 'edgevision.manifest' of")]
    [InlineData("""{ "nmsIou": 7 }""", "nmsIou: 7 is not a number from 0 to 1.")]
    [InlineData("""{ "file": "../../etc/passwd" }""", "")]
    public void A_manifest_in_the_metadata_is_judged_as_any(string text, string expected)
    {
        var path = _folder.Write("x.onnx", OnnxBytes.Model("images float32 [1,3,416,416]", ["output float32 [1,3598,34]"], [.. NanoDet, ("edgevision.manifest", text)]));
        if (expected.Length == 0) Assert.Equal("x.onnx", ModelPackage.Load(path).Manifest.File);
        else Assert.Contains(expected, Assert.Throws<ModelException>(() => ModelPackage.Load(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sha256_that_a_person_gives_is_compared()
    {
        var path = _folder.Write("x.onnx", OnnxBytes.Model("images float32 [1,3,416,416]", ["output float32 [1,3598,34]"], NanoDet));
        _folder.Write("rest.json", Encoding.UTF8.GetBytes($$"""{ "sha256": "{{new string('0', 64)}}" }"""));
        Assert.Contains("are not those of the manifest", Assert.Throws<ModelException>(() => ModelPackage.Load(path, _folder.PathOf("rest.json"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Class_ids_with_gaps_are_kept()
    {
        var model = Open(OnnxBytes.Model("images uint8 [1,?,?,3]",
            ["detection_boxes float32 [1,100,4]", "detection_classes float32 [1,100]", "detection_scores float32 [1,100]", "num_detections float32 [1]"], ("names", "{1: 'person', 13: 'stop sign'}")));
        Assert.Equal("[1,13]", model.Json["classIds"]!.ToJsonString());
        Assert.Equal("""{"type":"uint8","layout":"nhwc","resize":"none","width":640,"height":480,"colour":"rgb"}""", model.Json["input"]!.ToJsonString());
        Assert.Equal("tfObjectDetection", model.Json["family"]!.GetValue<string>());
    }

    [Fact]
    public void Names_that_cannot_be_read_are_told()
    {
        var path = _folder.Write("x.onnx", OnnxBytes.Model("images float32 [1,3,416,416]", ["output float32 [1,3598,34]"], [.. NanoDet.Where(static m => m.Key != "names"), ("names", "cat;dog")]));
        Assert.Contains("(its names are no Python dictionary of labels)", Assert.Throws<ModelException>(() => ModelPackage.Load(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Metadata_of_any_content_never_crashes()
    {
        string[] keys = ["names", "imgsz", "task", "author", "stride", "family", "color", "mean", "std", "resize", "pad_value", "reg_max", "center_offset", "license", "version", "description", "source", "edgevision.manifest"];
        string[] values = ["Ultralytics", "[640, 640]", "nanodet", "BGR", "8,16,32", "1e999", "-5", "NaN", Names, "{}", "{\"input\":7}", "{\"labels\":[1]}", "{\"family\":{}}", "{\"input\":{\"width\":\"640\"}}", "0,0,0"];
        var value = Gen.OneOf(Gen.String[0, 20], Gen.Int[0, values.Length - 1].Select(i => values[i]));
        Gen.Select(Gen.Int[0, keys.Length - 1].Select(i => keys[i]), value).Array[0, 12].Sample(entries =>
        {
            var metadata = entries.DistinctBy(static e => e.Item1).Select(static e => (e.Item1, e.Item2.Replace("\ud800", "", StringComparison.Ordinal))).ToArray();
            try
            {
                var model = Open(OnnxBytes.Model("images float32 [batch,3,416,416]", ["output float32 [1,3598,34]"], metadata));
                Assert.True(model.Manifest is not null || model.Mistakes.Count > 0);
                _ = model.Proposal();
                _ = Record.Exception(() => model.ToPackage()) is null or ModelException ? 0 : throw new InvalidOperationException("It threw something else.");
            }
            catch (ModelException)
            {
                // A sentence is an answer.
            }
        }, iter: 1500, threads: 1);
    }

    private BareModel Open(byte[] bytes) => BareModel.Open(_folder.Write("x.onnx", bytes), null);
}
