using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeVision.IntegrationTests.Onnx;
using EdgeVision.Module;
using EdgeVision.Module.Commands;

namespace EdgeVision.IntegrationTests.Module;

public sealed class ModelCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Inspect_shows_the_bundled_model_in_the_shape_that_scripts_rely_on()
    {
        var model = await InspectAsync("nanodet-g-416");
        foreach (var key in (string[])["family", "inputs", "outputs", "labels", "licence", "sha256", "opset", "input", "confidenceThreshold", "goldenSamples", "missing", "problems"])
            Assert.True(model.ContainsKey(key), $"'{key}' is gone.");
        Assert.Equal(("nanodet", "Apache-2.0", 17, 80, 1), (model["family"]!.GetValue<string>(), model["licence"]!.GetValue<string>(), model["opset"]!.GetValue<int>(), model["labels"]!.AsArray().Count, model["goldenSamples"]!.GetValue<int>()));
        Assert.Equal("""{"name":"images","type":"float32","shape":["batch",3,416,416]}""", model["inputs"]![0]!.ToJsonString());
    }

    /// <summary>What the files of ../shared/models say of themselves.</summary>
    public static TheoryData<string, string, string, int> BareFiles => new()
    {
        { "yolov8n/yolov8n-640-dequant.onnx", "yolov8", "AGPL-3.0 License (https://ultralytics.com/license)", 80 },
        { "yolov8n-bad-quant/yolov8n_quant.onnx", "yolov8", "AGPL-3.0 https://ultralytics.com/license", 80 },
        { "yolo26n-e2e-int8/yolo26n_640_dynamic_int8.onnx", "endToEnd", "AGPL-3.0 License (https://ultralytics.com/license)", 80 },
        { "nanodet-plus-m/nanodet-plus-m-416.onnx", "nanodet", "Apache-2.0", 80 },
        { "nanodet-plus-m-int8/nanodet-plus-m-416-int8-qdq.onnx", "nanodet", "Apache-2.0", 80 },
        { "ssd-tf/ssd_mobilenet_v1_coco_quant_qdq.onnx", "tfObjectDetection", "Apache-2.0", 80 },
        { "ultraface/version-RFB-320.onnx", "ultraface", "unknown", 1 },
        { "yunet/face_detection_yunet_2023mar.onnx", "yunet", "unknown", 1 },
    };

    [Theory]
    [MemberData(nameof(BareFiles))]
    public async Task Bare_files_say_their_family_labels_and_licence(string file, string family, string licence, int labels)
    {
        var model = await InspectAsync(Repository.Shared(["models", .. file.Split('/')]));
        Assert.Equal((family, licence, labels), (model["family"]!.GetValue<string>(), model["licence"]!.GetValue<string>(), model["labels"]!.AsArray().Count));
        Assert.Single(model["inputs"]!.AsArray());
        var input = model["input"]!.AsObject();
        foreach (var key in (string[])["width", "height", "colour", "resize"]) Assert.True(input.ContainsKey(key), $"'{key}' is not known.");
    }

    [Theory]
    [InlineData("yolov8n/yolov8n-640-dequant.onnx", 0.9)]
    [InlineData("yolo26n-e2e-int8/yolo26n_640_dynamic_int8.onnx", 0.8)]
    [InlineData("nanodet-plus-m/nanodet-plus-m-416.onnx", 0.6)]
    [InlineData("ssd-tf/ssd_mobilenet_v1_coco_quant_qdq.onnx", 0.6)]
    [InlineData("ultraface/version-RFB-320.onnx", 0.9)]
    [InlineData("yunet/face_detection_yunet_2023mar.onnx", 0.9)]
    public async Task A_bare_file_that_says_enough_works_with_nothing_beside_it(string file, double bestScore)
    {
        var model = Repository.Shared(["models", .. file.Split('/')]);
        var (code, stdout, stderr) = await EdgeVisionProcess.RunAsync("model", "verify", model, "--format", "json");
        Assert.True(code == 0, stdout + stderr);
        Assert.EndsWith("sha256 pass, file pass, runtime pass, shapes pass, run pass, alive pass, golden warn", Results(stdout), StringComparison.Ordinal);

        (code, stdout, stderr) = await EdgeVisionProcess.RunAsync("detect", Repository.Asset("people/sample3.jpg"), "--model", model, "--format", "json");
        Assert.True(code == 0, stderr);
        var best = JsonDocument.Parse(stdout).RootElement.GetProperty("objects")[0];
        Assert.InRange(best.GetProperty("confidence").GetDouble(), bestScore, 1);
    }

    [Fact]
    public async Task What_inspect_proposes_is_all_that_yolox_needs()
    {
        var yolox = Repository.Shared("models", "yolox-nano", "yolox_nano_416.onnx");
        var (_, stdout, _) = await EdgeVisionProcess.RunAsync("model", "inspect", yolox);
        var rest = _folder.Write("rest.json", System.Text.Encoding.UTF8.GetBytes(stdout[stdout.IndexOf('{', StringComparison.Ordinal)..]));
        File.Copy(Path.Combine(Repository.BundledModel, "labels.txt"), _folder.PathOf("labels.txt"));

        (var code, stdout, var stderr) = await EdgeVisionProcess.RunAsync("detect", Repository.Asset("people/sample3.jpg"), "--model", yolox, "--manifest", rest, "--format", "json");

        Assert.Equal((0, ""), (code, stderr));
        var best = JsonDocument.Parse(stdout).RootElement.GetProperty("objects")[0];
        Assert.Equal("person", best.GetProperty("label").GetString());
        Assert.InRange(best.GetProperty("confidence").GetDouble(), 0.6, 1);
    }

    [Fact]
    public async Task A_bare_file_without_metadata_is_asked_about_by_name()
    {
        var yolox = Repository.Shared("models", "yolox-nano", "yolox_nano_416.onnx");
        var (code, _, stderr) = await EdgeVisionProcess.RunAsync("detect", Repository.Asset("people/sample1.jpg"), "--model", yolox);
        Assert.Equal(1, code);
        Assert.Contains("says too little about itself: it has input images float32 [1,3,416,416], output output float32 [1,3549,85] and no metadata", stderr, StringComparison.Ordinal);
        Assert.Contains("Missing: family, labels, input:colour, input:resize, confidenceThreshold.", stderr, StringComparison.Ordinal);
        Assert.Contains("--manifest", stderr, StringComparison.Ordinal);
        Assert.Single(stderr.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task A_bare_file_that_says_enough_detects_and_what_was_assumed_is_told()
    {
        var nanodet = Repository.Shared("models", "nanodet-plus-m", "nanodet-plus-m-416.onnx");
        var (code, stdout, stderr) = await EdgeVisionProcess.RunAsync("detect", Repository.Asset("people/sample1.jpg"), "--model", nanodet, "--format", "json");
        Assert.True(code == 0, stderr);
        Assert.Contains("comes without confidenceThreshold 0.35 and nmsIou 0.6", stderr, StringComparison.Ordinal);
        Assert.Contains("\"person\"", stdout, StringComparison.Ordinal);

        var rest = _folder.Write("rest.json", """{ "confidenceThreshold": 0.36, "nmsIou": 0.6 }"""u8);
        (code, _, stderr) = await EdgeVisionProcess.RunAsync("detect", Repository.Asset("people/sample1.jpg"), "--model", nanodet, "--manifest", rest, "--format", "json");
        Assert.Equal((0, ""), (code, stderr));
    }

    [Fact]
    public async Task Verify_passes_the_bundled_model_with_its_golden_picture()
    {
        var (code, stdout, stderr) = await EdgeVisionProcess.RunAsync("model", "verify", "nanodet-g-416", "--format", "json");
        Assert.True(code == 0, stdout + stderr);
        Assert.Equal("manifest pass, sha256 pass, file pass, runtime pass, shapes pass, run pass, alive pass, golden pass", Results(stdout));
    }

    [Theory]
    [InlineData("sha256", "sha256 fail, file skip, runtime skip, shapes skip, run skip, alive skip, golden skip")]
    [InlineData("nothing", "file fail, runtime skip, shapes skip, run skip, alive skip, golden skip")]
    [InlineData("labels", "runtime pass, shapes fail, run skip, alive skip, golden skip")]
    [InlineData("colour", "runtime pass, shapes pass, run pass, alive pass, golden fail")]
    [InlineData("picture", "runtime pass, shapes pass, run pass, alive pass, golden fail")]
    [InlineData("none", "runtime pass, shapes pass, run pass, alive pass, golden warn")]
    public async Task Verify_says_which_check_failed(string what, string expected)
    {
        var package = CopyBundled(manifest =>
        {
            if (what == "sha256") manifest["sha256"] = new string('0', 64);
            if (what == "nothing") manifest["sha256"] = "9f64a747e1b97f131fabb6b447296c9b6f0201e79fb3c5356e6c77e89b6a806a";
            if (what == "labels") (manifest["labels"], manifest["golden"]) = (new JsonArray("cat", "dog"), new JsonArray());
            if (what == "colour") manifest["input"]!["mean"] = new JsonArray(0, 0, 0);
            if (what == "none") manifest.Remove("golden");
        });
        if (what == "nothing") File.WriteAllBytes(Path.Combine(package, "model.onnx"), [1, 2, 3, 4]);
        if (what == "picture") File.Delete(Path.Combine(package, "golden.jpg"));

        var (code, stdout, _) = await EdgeVisionProcess.RunAsync("model", "verify", package, "--format", "json");

        Assert.Equal(what == "none" ? 0 : 1, code);
        Assert.EndsWith(expected, Results(stdout), StringComparison.Ordinal);
        if (what == "none") Assert.Contains("no golden samples", stdout, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0f, "run pass, alive fail, golden skip", "every score is 0 on a test picture")]
    [InlineData(float.NaN, "run fail, alive skip, golden skip", "an output is NaN or infinite")]
    [InlineData(0.0001f, "run pass, alive pass, golden warn", "its best score on a test picture is 0.0001")]
    public async Task A_model_that_runs_and_would_never_find_anything_is_seen_without_a_golden_sample(float score, string expected, string reason)
    {
        using var toy = ToyModel.Answering([score, 0, 0, 0, 0, 0, 0, 0, 0]);
        var (_, checks) = await ModelChecks.RunAsync(new ModelLocation(toy.Folder, null, Environment.CurrentDirectory, null), TestContext.Current.CancellationToken);
        Assert.EndsWith(expected, string.Join(", ", checks.Select(static c => $"{c.Name} {c.Result}")), StringComparison.Ordinal);
        Assert.Contains(checks, c => c.Reason.Contains(reason, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_quantisation_that_rounds_every_score_to_0_fails()
    {
        var (code, stdout, _) = await EdgeVisionProcess.RunAsync("model", "verify", Repository.Shared("models", "yolov8n-bad-quant", "yolov8n_quant.onnx"), "--format", "json");
        Assert.Equal(1, code);
        Assert.EndsWith("run pass, alive fail, golden skip", Results(stdout), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_usage_of_a_model_command_points_to_its_own_help()
    {
        var (code, _, stderr) = await EdgeVisionProcess.RunAsync("model", "inspect");
        Assert.Equal(2, code);
        Assert.EndsWith("See: edgevision model inspect --help\n", stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Added_models_are_listed_used_by_name_and_removed()
    {
        var package = CopyBundled(static manifest => (manifest["name"], manifest["version"]) = ("mine", "2.0"));
        var data = _folder.PathOf("data");

        var (code, stdout, stderr) = await EdgeVisionProcess.RunAsync("model", "add", package, "--data", data);
        Assert.True(code == 0, stderr);
        Assert.Contains("Added mine@2.0 (licence Apache-2.0)", stdout, StringComparison.Ordinal);
        Directory.Delete(package, recursive: true);

        (_, stdout, _) = await EdgeVisionProcess.RunAsync("model", "list", "--data", data, "--format", "json");
        var models = JsonNode.Parse(stdout)!["models"]!.AsArray().ToDictionary(static m => m!["name"]!.GetValue<string>(), static m => m!["bundled"]!.GetValue<bool>());
        Assert.Equal((false, true), (models["mine"], models["nanodet-g-416"]));

        (code, stdout, stderr) = await EdgeVisionProcess.RunAsync("detect", Repository.Asset("people/sample1.jpg"), "--model", "mine@2.0", "--data", data);
        Assert.True(code == 0, stderr);

        (code, _, stderr) = await EdgeVisionProcess.RunAsync("run", "--camera", "test:pattern?fps=20", "--model", "mine", "--data", data, "--port", "0", "--frames", "2", "--report", _folder.PathOf("report.json"));
        Assert.True(code == 0, stderr);
        Assert.Equal("mine", JsonNode.Parse(await File.ReadAllTextAsync(_folder.PathOf("report.json"), TestContext.Current.CancellationToken))!["model"]!["name"]!.GetValue<string>());

        var config = _folder.Write("node.json", """{ "EdgeVision": { "Model": "mine", "DataDirectory": "data" } }"""u8);
        (code, _, stderr) = await EdgeVisionProcess.RunAsync("model", "remove", "mine", "--config", config);
        Assert.Equal(1, code);
        Assert.Contains("is the one that EdgeVision:Model names ('mine'), so it stays", stderr, StringComparison.Ordinal);

        (code, stdout, stderr) = await EdgeVisionProcess.RunAsync("model", "remove", "mine", "--data", data);
        Assert.Equal((0, "Removed mine@2.0.\n"), (code, stdout));
        (code, _, stderr) = await EdgeVisionProcess.RunAsync("detect", Repository.Asset("people/sample1.jpg"), "--model", "mine", "--data", data);
        Assert.Equal(1, code);
        Assert.Contains("none of that name is in the store", stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_fails_a_check_is_not_added()
    {
        var package = CopyBundled(static manifest => (manifest["name"], manifest["input"]!["mean"]) = ("mine", new JsonArray(0, 0, 0)));
        var (code, _, stderr) = await EdgeVisionProcess.RunAsync("model", "add", package, "--data", _folder.PathOf("data"));
        Assert.Equal(1, code);
        Assert.StartsWith("The model was not added, its check 'golden' failed: golden.jpg: ", stderr, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.PathOf("data")));
    }

    [Fact]
    public async Task A_bundled_model_is_not_removed()
    {
        var (code, _, stderr) = await EdgeVisionProcess.RunAsync("model", "remove", "nanodet-g-416", "--data", _folder.PathOf("data"), "--config", _folder.Write("node.json", """{ "EdgeVision": { "Model": "x" } }"""u8));
        Assert.Equal(1, code);
        Assert.Contains("came with EdgeVision and cannot be removed", stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData]
    [InlineData("list")]
    [InlineData("inspect")]
    [InlineData("verify")]
    [InlineData("pack")]
    [InlineData("keygen")]
    [InlineData("add")]
    [InlineData("remove")]
    public async Task Every_model_command_has_help_with_an_example(params string[] command)
    {
        var (code, stdout, _) = await EdgeVisionProcess.RunAsync(["model", .. command, "--help"]);
        Assert.Equal(0, code);
        Assert.Contains($"Examples:\n  edgevision {string.Join(' ', ["model", .. command])}", stdout, StringComparison.Ordinal);
    }

    private static async Task<JsonObject> InspectAsync(string model)
    {
        var (code, stdout, stderr) = await EdgeVisionProcess.RunAsync("model", "inspect", model, "--format", "json");
        Assert.True(code == 0, stderr);
        return JsonNode.Parse(stdout)!.AsObject();
    }

    private static string Results(string json) =>
        string.Join(", ", JsonDocument.Parse(json).RootElement.GetProperty("checks").EnumerateArray().Select(static c => $"{c.GetProperty("check").GetString()} {c.GetProperty("result").GetString()}"));

    private string CopyBundled(Action<JsonObject> change)
    {
        var target = Directory.CreateDirectory(_folder.PathOf("package")).FullName;
        foreach (var file in Directory.EnumerateFiles(Repository.BundledModel)) File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        var path = Path.Combine(target, "model.json");
        var manifest = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        change(manifest);
        File.WriteAllText(path, manifest.ToJsonString());
        return target;
    }
}
