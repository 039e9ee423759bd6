using System.Text.Json;
using EdgeVision.Evaluation;

namespace EdgeVision.IntegrationTests.Evaluation;

/// <summary>The official COCO evaluation scored these detections; ours has to say the same.</summary>
public sealed class ReferenceTests
{
    private static readonly string[] Keys = ["mAP", "mAP50", "mAP75"];

    public static TheoryData<string> Models => ["nanodet-g", "nanodet-plus-m", "nanodet-plus-m-int8", "nanodet-plus-m-1.5x", "yolox-nano", "yolov8n", "yolo26n-e2e-int8", "ssd-tf"];

    [Theory]
    [MemberData(nameof(Models))]
    public async Task The_reference_detections_give_the_reference_figures(string model)
    {
        var set = await TruthAsync();
        var results = Repository.Shared("models", model, "detections.json");
        var detections = CocoResults.Parse(await File.ReadAllBytesAsync(results, TestContext.Current.CancellationToken), results, set, out var unknown);
        Assert.Empty(unknown);

        var result = CocoEvaluation.Evaluate(set, detections);

        using var manifest = JsonDocument.Parse(await File.ReadAllBytesAsync(Repository.Shared("models", model, "manifest.json"), TestContext.Current.CancellationToken));
        var reference = manifest.RootElement.GetProperty("reference");
        foreach (var (key, actual) in Keys.Zip([result.Map, result.Map50, result.Map75]))
        {
            // The manifests round to four digits, so do we: closer than the 0.001 that was asked for.
            Assert.Equal(reference.GetProperty(key).GetDouble(), actual!.Value, 0.00011);
        }
    }

    [Fact]
    public void Every_model_with_reference_detections_is_compared()
    {
        var withDetections = Directory.EnumerateDirectories(Repository.Shared("models")).Where(static d => File.Exists(Path.Combine(d, "detections.json"))).Select(d => Path.GetFileName(d));
        Assert.Equal(Models.Select(static row => row.Data).Order(StringComparer.Ordinal), withDetections.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_truth_fed_back_gives_1()
    {
        var set = await TruthAsync();
        var result = CocoEvaluation.Evaluate(set, [.. set.Objects.Select(static o => new ScoredDetection(o.Image, o.Category, o.Box, 1))]);
        Assert.Equal((64, 464, 63), (set.Images.Count, set.Objects.Count, result.Categories.Count(static c => c.Count > 0)));
        foreach (var figure in (double?[])[result.Map, result.Map50, result.Map75]) Assert.Equal(1, figure!.Value, 12);
    }

    private static async Task<AnnotatedSet> TruthAsync()
    {
        var path = Repository.Shared("data", "coco-64", "instances.json");
        return CocoAnnotations.Parse(await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken), path);
    }
}
