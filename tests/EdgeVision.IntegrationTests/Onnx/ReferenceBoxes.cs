using System.Text.Json;
using EdgeVision.Frames;
using EdgeVision.Geometry;
using EdgeVision.Imaging;
using EdgeVision.Inference;
using EdgeVision.Models;
using EdgeVision.Onnx;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeVision.IntegrationTests.Onnx;

/// <summary>Compares what a model finds here with what an independent pipeline found with it, both ways.</summary>
internal static class ReferenceBoxes
{
    /// <summary>Goes down to here; a comparison starts a little above, so that nothing flips at the edge.</summary>
    public const float Lowest = 0.3f;

    /// <summary>Every expected object is found with its label, and nothing is found that is not expected.</summary>
    /// <param name="package">The model.</param>
    /// <param name="pictures">Folder.</param>
    /// <param name="reference">File of objects by picture.</param>
    /// <param name="floor">Least score of an object that must be found.</param>
    /// <param name="iou">Least overlap.</param>
    /// <param name="scoreTolerance">Most that confidence and score differ.</param>
    /// <param name="inventedFloor">Least confidence of one that must be in the reference; <paramref name="floor"/> when null.</param>
    /// <param name="look">At everything that was found in a picture, in source pixels.</param>
    /// <returns>Pictures, and objects that were expected.</returns>
    public static async Task<(int Pictures, int Objects)> CompareAsync(
        ModelPackage package, string pictures, string reference, float floor, float iou, float scoreTolerance, float? inventedFloor = null,
        Action<ModelPackage, DetectionList>? look = null)
    {
        using var model = OnnxModel.Open(package, new OnnxOptions(0), NullLogger.Instance);
        using var detector = model.CreateDetector(TimeProvider.System, new DetectorOptions { ConfidenceThreshold = 0.2f });
        var (pool, found, mistakes) = (new FramePool(), new DetectionList(), new List<string>());
        var (pictureCount, objectCount) = (0, 0);
        using var json = JsonDocument.Parse(await File.ReadAllBytesAsync(reference, TestContext.Current.CancellationToken));
        foreach (var picture in json.RootElement.EnumerateObject())
        {
            found.Clear();
            using var frame = PictureFile.Load(Path.Combine(pictures, picture.Name), pool, TimeProvider.System);
            Assert.Equal(DetectionStatus.Ok, await detector.DetectAsync(frame, found, TestContext.Current.CancellationToken));
            look?.Invoke(package, found);
            var all = picture.Value.EnumerateArray().Select(o => Read(o).ClipTo(frame)).ToArray();
            var expected = all.Where(o => o.Score >= floor).ToArray();
            mistakes.AddRange(expected.Select(o => Compare(o, found, package.Labels, iou, scoreTolerance)).OfType<string>().Select(m => $"{picture.Name}: {m}"));
            foreach (var d in found.Span)
            {
                if (d.Confidence >= (inventedFloor ?? floor) && !all.Any(o => o.Label == package.Labels[d.ClassId] && o.Box.IntersectionOverUnion(d.Box) >= iou))
                    mistakes.Add($"{picture.Name}: {package.Labels[d.ClassId]} {d} is not in the reference");
            }

            pictureCount++;
            objectCount += expected.Length;
        }

        Assert.True(mistakes.Count == 0, string.Join('\n', mistakes));
        Assert.Equal(0, pool.Rented);
        return (pictureCount, objectCount);
    }

    private static Reference Read(JsonElement o)
    {
        var box = o.GetProperty("box").EnumerateArray().Select(static v => v.GetSingle()).ToArray();
        return new Reference(o.GetProperty("label").GetString()!, o.GetProperty("score").GetSingle(), new Box(box[0], box[1], box[2], box[3]));
    }

    /// <summary>Null when the reference object was found.</summary>
    private static string? Compare(Reference expected, DetectionList found, IReadOnlyList<string> labels, float least, float tolerance)
    {
        var best = default(Detection?);
        foreach (var d in found.Span)
        {
            if (labels[d.ClassId] == expected.Label && (best is null || d.Box.IntersectionOverUnion(expected.Box) > best.Value.Box.IntersectionOverUnion(expected.Box))) best = d;
        }

        if (best is not { } nearest) return $"{expected} has no counterpart";
        var iou = nearest.Box.IntersectionOverUnion(expected.Box);
        return iou >= least && Math.Abs(nearest.Confidence - expected.Score) <= tolerance ? null : $"{expected}, nearest {nearest}, IoU {iou:0.000}";
    }

    private sealed record Reference(string Label, float Score, Box Box)
    {
        /// <summary>Some references are cut at the frame's edges, some are not; ours are.</summary>
        public Reference ClipTo(Frame frame) => this with { Box = Box.ClipTo(frame.Width, frame.Height) };
    }
}
