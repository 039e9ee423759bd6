using System.Text.Json;
using System.Text.Json.Nodes;

namespace EdgeVision.IntegrationTests.Module;

public sealed class EvalTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("edgevision-eval-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task The_report_has_the_names_that_scripts_rely_on()
    {
        var (stdout, stderr) = await RunAsync("--annotations", PeopleAsCoco(), "--report", At("report.json"));

        var report = Json("report.json").AsObject();
        Assert.Equal(["map", "map50", "map75", "images", "perClass", "latencyMs", "thresholds", "model"], report.Select(static p => p.Key));
        Assert.Equal(3, report["images"]!.GetValue<int>());
        // The annotations are what the reference pipeline finds with this very model at 0.35.
        Assert.True(report["map50"]!.GetValue<double>() > 0.97, report.ToJsonString());
        Assert.True(report["map"]!.GetValue<double>() > 0.9, report.ToJsonString());
        Assert.Equal(["ap", "ap50", "count"], report["perClass"]!["person"]!.AsObject().Select(static p => p.Key));
        Assert.Equal(["p50", "p99"], report["latencyMs"]!.AsObject().Select(static p => p.Key));
        Assert.True(report["latencyMs"]!["p99"]!.GetValue<double>() >= report["latencyMs"]!["p50"]!.GetValue<double>());
        var unicorn = report["perClass"]!["unicorn"]!.AsObject();
        Assert.Equal((null, null, 0), (unicorn["ap"], unicorn["ap50"], unicorn["count"]!.GetValue<int>()));
        foreach (var part in (string[])["person", "AP50", "threshold", "mAP", "latency p50", "Best F1"]) Assert.Contains(part, stdout, StringComparison.Ordinal);
        Assert.Contains("3 of 3 pictures", stderr, StringComparison.Ordinal);
        Assert.Contains("labels of the model that no category of the annotations is called like", stderr, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', stdout + stderr);
    }

    [Fact]
    public async Task Detections_that_are_written_score_the_same_again()
    {
        var annotations = PeopleAsCoco();
        await RunAsync("--annotations", annotations, "--report", At("first.json"), "--detections", At("detections.json"));
        await RunAsync("--annotations", annotations, "--report", At("second.json"), "--from-detections", At("detections.json"));

        var (first, second) = (Json("first.json"), Json("second.json"));
        foreach (var key in (string[])["map", "map50", "map75"]) Assert.Equal(first[key]!.GetValue<double>(), second[key]!.GetValue<double>());
        Assert.Equal(["image_id", "category_id", "bbox", "score"], Json("detections.json")[0]!.AsObject().Select(static p => p.Key));
        Assert.Null(second["latencyMs"]!["p50"]);
        Assert.Null(second["model"]);
    }

    [Fact]
    public async Task Yolo_labels_give_the_figures_of_coco_annotations()
    {
        await RunAsync("--annotations", PeopleAsCoco(), "--report", At("coco.json"));
        var (_, stderr) = await RunAsync("--annotations", PeopleAsYolo(), "--report", At("yolo.json"));

        Assert.Equal(Json("coco.json")["map"]!.GetValue<double>(), Json("yolo.json")["map"]!.GetValue<double>(), 0.001);
        Assert.Contains("Left out: 1 label file in", stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plots_are_curves_and_pictures_of_mistakes()
    {
        var (stdout, _) = await RunAsync("--annotations", PeopleAsCoco(unfound: true), "--plots", At("plots"));

        var names = Directory.EnumerateFiles(At("plots")).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal).ToList();
        Assert.Contains("precision-recall.png", names);
        Assert.Contains("precision-recall-classes.png", names);
        Assert.Contains(names, static n => n.StartsWith("mistake-01-", StringComparison.Ordinal));
        Assert.Contains("mistakes.jpg", names);
        Assert.InRange(names.Count(static n => n.StartsWith("mistake-", StringComparison.Ordinal)), 1, 12);
        Assert.Contains("Wrote the curves", stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Thresholds_are_written_on_request_and_nothing_else_changes()
    {
        var model = CopyModel();
        var manifest = Path.Combine(model, "model.json");
        var before = await File.ReadAllLinesAsync(manifest, TestContext.Current.CancellationToken);

        await RunAsync("--annotations", PeopleAsCoco(), "--model", model);
        Assert.Equal(before, await File.ReadAllLinesAsync(manifest, TestContext.Current.CancellationToken));
        await RunAsync("--annotations", PeopleAsCoco(), "--model", model, "--write-thresholds", "--report", At("report.json"));

        var after = await File.ReadAllLinesAsync(manifest, TestContext.Current.CancellationToken);
        Assert.Equal(before.Where(static l => !l.Contains("confidenceThreshold", StringComparison.Ordinal)), after.Where(static l => !l.Contains("confidenceThreshold", StringComparison.Ordinal)));
        Assert.Equal(Json("report.json")["thresholds"]!["global"]!.GetValue<double>(), JsonNode.Parse(string.Join('\n', after))!["confidenceThreshold"]!.GetValue<double>());
        Assert.Equal(["LICENSE", "NOTICE", "README.md", "golden.jpg", "labels.txt", "model.json", "model.onnx"], Directory.EnumerateFiles(model).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
        Assert.Equal(0, (await EdgeVisionProcess.RunAsync("detect", Repository.Asset("people/sample1.jpg"), "--model", model)).Code);
    }

    [Fact]
    public async Task A_broken_picture_is_named_left_out_and_costs_the_exit_code()
    {
        var pictures = _folder.CreateSubdirectory("pictures").FullName;
        foreach (var picture in Directory.EnumerateFiles(Repository.Asset("people"), "*.jpg")) File.Copy(picture, Path.Combine(pictures, Path.GetFileName(picture)));
        await File.WriteAllTextAsync(Path.Combine(pictures, "sample2.jpg"), "no picture", TestContext.Current.CancellationToken);

        var (code, _, stderr) = await EdgeVisionProcess.RunAsync("eval", "--images", pictures, "--annotations", PeopleAsCoco(), "--report", At("report.json"));

        Assert.Equal(1, code);
        Assert.Contains("sample2.jpg' is text", stderr, StringComparison.Ordinal);
        Assert.Contains("1 picture of 3 that could not be read", stderr, StringComparison.Ordinal);
        Assert.Equal(2, Json("report.json")["images"]!.GetValue<int>());
        Assert.True(Json("report.json")["map50"]!.GetValue<double>() > 0.9);
    }

    [Fact]
    public async Task What_cannot_be_evaluated_is_one_sentence()
    {
        var annotations = PeopleAsCoco();
        await FailsAsync("The folder '/no/such' does not exist", "--images", "/no/such", "--annotations", annotations);
        await FailsAsync("Cannot read '/no/such.json'", "--images", People, "--annotations", "/no/such.json");
        await FailsAsync("3 of the 3 annotated pictures are not in", "--images", _folder.FullName, "--annotations", annotations);
        await FailsAsync("is not valid JSON", "--images", People, "--annotations", Path.Combine(People, "sample1.jpg"));
        await FailsAsync("No file in", "--images", People, "--annotations", _folder.CreateSubdirectory("empty").FullName);
        await FailsAsync("has nowhere to write", "--images", People, "--annotations", annotations, "--model", Path.Combine(Repository.BundledModel, "model.onnx"), "--write-thresholds");
        await FailsAsync("no name is in both", "--images", People, "--annotations", Write("goats.json", (await File.ReadAllTextAsync(annotations, TestContext.Current.CancellationToken)).Replace("\"name\":\"", "\"name\":\"goat ", StringComparison.Ordinal)));
        await FailsAsync("holds a JSON object where a list of detections was expected", "--images", People, "--annotations", annotations, "--from-detections", annotations);
    }

    [Theory]
    [InlineData("no annotations", "--images", ".")]
    [InlineData("no pictures", "--annotations", "a.json")]
    [InlineData("detections and a model", "--images", ".", "--annotations", "a.json", "--from-detections", "d.json", "--model", "m")]
    [InlineData("thresholds without a model", "--images", ".", "--annotations", "a.json", "--from-detections", "d.json", "--write-thresholds")]
    [InlineData("what belongs to a later version", "--images", ".", "--annotations", "a.json", "--fallback", "http://127.0.0.1")]
    public async Task Wrong_usage_exits_2(string row, params string[] arguments)
    {
        var (code, stdout, stderr) = await EdgeVisionProcess.RunAsync(["eval", .. arguments]);

        Assert.Equal((2, ""), (code, stdout));
        Assert.Contains("See: edgevision eval --help", stderr, StringComparison.Ordinal);
        Assert.NotEmpty(row);
    }

    [Fact]
    public async Task Help_has_an_example()
    {
        var (code, stdout, _) = await EdgeVisionProcess.RunAsync("eval", "--help");

        Assert.Equal(0, code);
        Assert.Contains("Examples:\n  edgevision eval", stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_bundled_model_is_as_good_as_its_reference()
    {
        var (data, manifest) = (Repository.Shared("data", "coco-64"), Repository.Shared("models", "nanodet-g", "manifest.json"));
        var (code, _, stderr) = await EdgeVisionProcess.RunAsync(
            "eval", "--images", Path.Combine(data, "images"), "--annotations", Path.Combine(data, "instances.json"), "--report", At("report.json"));

        Assert.True(code == 0, stderr);
        using var reference = JsonDocument.Parse(await File.ReadAllBytesAsync(manifest, TestContext.Current.CancellationToken));
        var figures = reference.RootElement.GetProperty("reference");
        Assert.Equal(64, Json("report.json")["images"]!.GetValue<int>());
        Assert.Equal(figures.GetProperty("mAP").GetDouble(), Json("report.json")["map"]!.GetValue<double>(), 0.006);
        Assert.Equal(figures.GetProperty("mAP50").GetDouble(), Json("report.json")["map50"]!.GetValue<double>(), 0.008);
    }

    private static string People => Repository.Asset("people");

    private string At(string name) => Path.Combine(_folder.FullName, name);

    private JsonNode Json(string name) => JsonNode.Parse(File.ReadAllText(At(name)))!;

    private string Write(string name, string text)
    {
        File.WriteAllText(At(name), text);
        return At(name);
    }

    private static async Task<(string Stdout, string Stderr)> RunAsync(params string[] arguments)
    {
        var (code, stdout, stderr) = await EdgeVisionProcess.RunAsync(["eval", "--images", People, .. arguments]);
        Assert.True(code == 0, stderr);
        return (stdout, stderr);
    }

    private static async Task FailsAsync(string expected, params string[] arguments)
    {
        var (code, _, stderr) = await EdgeVisionProcess.RunAsync(["eval", .. arguments]);
        Assert.True(code == 1, $"exit code {code}\n{stderr}");
        Assert.Contains(expected, stderr, StringComparison.Ordinal);
        Assert.DoesNotContain("did not foresee", stderr, StringComparison.Ordinal);
    }

    /// <summary>What the reference pipeline finds in the bundled photographs, as if people had marked it; "unicorn" is in none of them.</summary>
    /// <param name="unfound">With a person in an empty corner, which no detector finds.</param>
    private string PeopleAsCoco(bool unfound = false)
    {
        var (images, annotations, names) = (new JsonArray(), new JsonArray(), new List<string> { "unicorn" });
        (string File, string Label, double[] Box)[] added = unfound ? [(References().Last().File, "person", [1, 1, 30, 30])] : [];
        foreach (var (file, label, box) in References().Concat(added))
        {
            if (!names.Contains(label)) names.Add(label);
            if (!images.Any(i => i!["file_name"]!.GetValue<string>() == file)) images.Add(new JsonObject { ["id"] = images.Count + 1, ["file_name"] = file });
            annotations.Add(new JsonObject
            {
                ["id"] = annotations.Count + 1,
                ["image_id"] = images.Count,
                ["category_id"] = 10 * (names.IndexOf(label) + 1),
                ["bbox"] = new JsonArray(box[0], box[1], box[2] - box[0], box[3] - box[1]),
                ["iscrowd"] = 0,
            });
        }

        var categories = new JsonArray([.. names.Select(static (n, i) => (JsonNode)new JsonObject { ["id"] = 10 * (i + 1), ["name"] = n })]);
        return Write("annotations.json", new JsonObject { ["images"] = images, ["categories"] = categories, ["annotations"] = annotations }.ToJsonString());
    }

    private string PeopleAsYolo()
    {
        var labels = _folder.CreateSubdirectory("labels").FullName;
        var classes = File.ReadAllLines(Path.Combine(Repository.BundledModel, "labels.txt"));
        foreach (var picture in References().GroupBy(static r => r.File))
        {
            var (width, height) = EdgeVision.Imaging.PictureSize.Read(Path.Combine(People, picture.Key));
            File.WriteAllLines(Path.Combine(labels, Path.ChangeExtension(picture.Key, ".txt")), picture.Select(r => FormattableString.Invariant(
                $"{Array.IndexOf(classes, r.Label)} {(r.Box[0] + r.Box[2]) / 2 / width} {(r.Box[1] + r.Box[3]) / 2 / height} {(r.Box[2] - r.Box[0]) / width} {(r.Box[3] - r.Box[1]) / height}")));
        }

        File.WriteAllText(Path.Combine(labels, "stranger.txt"), "");
        return labels;
    }

    private static IEnumerable<(string File, string Label, double[] Box)> References() =>
        from picture in JsonNode.Parse(File.ReadAllText(Repository.Asset("people/people.json")))!.AsObject()
        from o in picture.Value!.AsArray()
        where o!["score"]!.GetValue<double>() >= 0.35
        select (picture.Key, o["label"]!.GetValue<string>(), o["box"]!.AsArray().Select(static v => v!.GetValue<double>()).ToArray());

    private string CopyModel()
    {
        var target = _folder.CreateSubdirectory("model").FullName;
        foreach (var file in Directory.EnumerateFiles(Repository.BundledModel)) File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        return target;
    }
}
