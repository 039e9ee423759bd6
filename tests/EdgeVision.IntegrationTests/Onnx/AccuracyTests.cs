using System.Text.Json;
using EdgeVision.Frames;
using EdgeVision.Geometry;
using EdgeVision.Imaging;
using EdgeVision.Inference;
using EdgeVision.Models;
using EdgeVision.Onnx;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeVision.IntegrationTests.Onnx;

/// <summary>The bundled model finds what an independent reference pipeline finds with it.</summary>
public sealed class AccuracyTests
{
    /// <summary>The references go down to 0.3; 0.05 above it nothing flips at the edge.</summary>
    private const float Floor = 0.35f;

    [Fact]
    public Task People_are_found_as_by_the_reference() => CompareAsync(Repository.Asset("people"), Repository.Asset("people/people.json"), 3, 19);

    [Fact]
    public async Task The_classic_pictures_give_the_reference_boxes()
    {
        var (pictures, reference) = (Repository.Shared("data", "classic"), Repository.Shared("models", "nanodet-g", "classic.json"));
        await CompareAsync(pictures, reference, 4, 17);
    }

    private static async Task CompareAsync(string pictures, string reference, int expectedPictures, int expectedObjects)
    {
        using var model = OnnxModel.Open(ModelPackage.Load(Repository.BundledModel), new OnnxOptions(0), NullLogger.Instance);
        using var detector = model.CreateDetector(TimeProvider.System, new DetectorOptions { ConfidenceThreshold = 0.2f });
        var (pool, found, mistakes) = (new FramePool(), new DetectionList(), new List<string>());
        var (pictureCount, objectCount) = (0, 0);
        using var json = JsonDocument.Parse(await File.ReadAllBytesAsync(reference, TestContext.Current.CancellationToken));
        foreach (var picture in json.RootElement.EnumerateObject())
        {
            found.Clear();
            using var frame = PictureFile.Load(Path.Combine(pictures, picture.Name), pool, TimeProvider.System);
            Assert.Equal(DetectionStatus.Ok, await detector.DetectAsync(frame, found, TestContext.Current.CancellationToken));
            var all = picture.Value.EnumerateArray().Select(Read).ToArray();
            var expected = all.Where(static o => o.Score >= Floor).ToArray();
            mistakes.AddRange(expected.Select(o => Compare(o, found, model.Package.Labels)).OfType<string>().Select(m => $"{picture.Name}: {m}"));
            foreach (var d in found.Span)
            {
                // The other way round: nothing is invented.
                if (d.Confidence >= Floor && !all.Any(o => o.Label == model.Package.Labels[d.ClassId] && o.Box.IntersectionOverUnion(d.Box) >= 0.9f))
                    mistakes.Add($"{picture.Name}: {d} is not in the reference");
            }

            pictureCount++;
            objectCount += expected.Length;
        }

        Assert.Empty(mistakes);
        Assert.Equal((expectedPictures, expectedObjects), (pictureCount, objectCount));
        Assert.Equal(0, pool.Rented);
    }

    private static Reference Read(JsonElement o)
    {
        var box = o.GetProperty("box").EnumerateArray().Select(static v => v.GetSingle()).ToArray();
        return new Reference(o.GetProperty("label").GetString()!, o.GetProperty("score").GetSingle(), new Box(box[0], box[1], box[2], box[3]));
    }

    /// <summary>Null when the reference object was found.</summary>
    private static string? Compare(Reference expected, DetectionList found, IReadOnlyList<string> labels)
    {
        var best = default(Detection?);
        foreach (var d in found.Span)
        {
            if (labels[d.ClassId] == expected.Label && (best is null || d.Box.IntersectionOverUnion(expected.Box) > best.Value.Box.IntersectionOverUnion(expected.Box))) best = d;
        }

        if (best is not { } nearest) return $"{expected} has no counterpart";
        var iou = nearest.Box.IntersectionOverUnion(expected.Box);
        return iou >= 0.9f && Math.Abs(nearest.Confidence - expected.Score) <= 0.05f ? null : $"{expected}, nearest {nearest}, IoU {iou:0.000}";
    }

    private sealed record Reference(string Label, float Score, Box Box);
}
