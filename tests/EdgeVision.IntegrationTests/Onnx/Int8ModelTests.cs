using System.Text.Json;
using EdgeVision.Frames;
using EdgeVision.Geometry;
using EdgeVision.Imaging;
using EdgeVision.Inference;
using EdgeVision.Models;
using EdgeVision.Onnx;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeVision.IntegrationTests.Onnx;

/// <summary>The 8-bit model sees what the float model sees, within what 8 bits cost.</summary>
public sealed class Int8ModelTests
{
    /// <summary>Measured worst on these pictures: 0.065. The float parts round otherwise on other processors, hence the rest.</summary>
    private const float ScoreTolerance = 0.08f;

    /// <summary>Measured worst: 0.904.</summary>
    private const float MinIou = 0.88f;

    /// <summary>The reference's own floor and the tolerance: what scores more must be in the reference.</summary>
    private const float Floor = 0.3f + ScoreTolerance;

    /// <summary>Nearer to the reference's floor of 0.3, an object may be there or not with either model.</summary>
    private const float Sure = 0.35f;

    [Fact]
    public async Task Reference_people_are_found()
    {
        using var model = OnnxModel.Open(ModelPackage.Load(Repository.PathOf("models", "nanodet-g-416-int8")), new OnnxOptions(0), NullLogger.Instance);
        using var detector = model.CreateDetector(TimeProvider.System, new DetectorOptions { ConfidenceThreshold = 0.2f });
        var (pool, found, mistakes, compared) = (new FramePool(), new DetectionList(), new List<string>(), 0);
        using var json = JsonDocument.Parse(await File.ReadAllBytesAsync(Repository.Asset("people/people.json"), TestContext.Current.CancellationToken));
        foreach (var picture in json.RootElement.EnumerateObject())
        {
            found.Clear();
            using var frame = PictureFile.Load(Repository.Asset($"people/{picture.Name}"), pool, TimeProvider.System);
            Assert.Equal(DetectionStatus.Ok, await detector.DetectAsync(frame, found, TestContext.Current.CancellationToken));
            var references = picture.Value.EnumerateArray().Select(Read).ToArray();
            foreach (var expected in references.Where(static r => r.Score >= Sure))
            {
                compared++;
                if (!found.Span.ToArray().Any(d => Agree(expected, d, model.Package.Labels, ScoreTolerance))) mistakes.Add($"{picture.Name}: {expected} is not found");
            }

            // The other way round: nothing is invented.
            foreach (var d in found.Span.ToArray().Where(static d => d.Confidence >= Floor))
            {
                if (!references.Any(r => Agree(r, d, model.Package.Labels, 1))) mistakes.Add($"{picture.Name}: {d} is not in the reference");
            }
        }

        Assert.Empty(mistakes);
        Assert.Equal(19, compared);
        Assert.Equal(0, pool.Rented);
    }

    [Fact]
    public void It_is_half_as_large_and_reads_the_same_input()
    {
        var (small, large) = (ModelPackage.Load(Repository.PathOf("models", "nanodet-g-416-int8")), ModelPackage.Load(Repository.BundledModel));
        Assert.Equal(large.Labels, small.Labels);
        Assert.InRange(new FileInfo(small.WeightsPath).Length, 1, new FileInfo(large.WeightsPath).Length * 55 / 100);
        using var model = OnnxModel.Open(small, new OnnxOptions(1), NullLogger.Instance);
        Assert.Equal([1, 3, 416, 416], model.Input.Dimensions);
        Assert.Equal([1, 3549, 124], Assert.Single(model.Outputs).Dimensions);
    }

    private static bool Agree(Reference expected, in Detection found, IReadOnlyList<string> labels, float scoreTolerance) =>
        labels[found.ClassId] == expected.Label && found.Box.IntersectionOverUnion(expected.Box) >= MinIou && Math.Abs(found.Confidence - expected.Score) <= scoreTolerance;

    private static Reference Read(JsonElement o)
    {
        var box = o.GetProperty("box").EnumerateArray().Select(static v => v.GetSingle()).ToArray();
        return new Reference(o.GetProperty("label").GetString()!, o.GetProperty("score").GetSingle(), new Box(box[0], box[1], box[2], box[3]));
    }

    private sealed record Reference(string Label, float Score, Box Box);
}
