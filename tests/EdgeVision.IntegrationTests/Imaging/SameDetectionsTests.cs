using EdgeVision.Frames;
using EdgeVision.Imaging;
using EdgeVision.Inference;
using EdgeVision.Models;
using EdgeVision.Onnx;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeVision.IntegrationTests.Imaging;

/// <summary>Whichever decoder a machine has, the bundled model finds the same objects.</summary>
public sealed class SameDetectionsTests : IDisposable
{
    private readonly FramePool _pool = new();
    private readonly OnnxModel _model = OnnxModel.Open(ModelPackage.Load(Repository.BundledModel), new OnnxOptions(0), NullLogger.Instance);
    private readonly OnnxDetector _detector;

    public SameDetectionsTests() => _detector = _model.CreateDetector(TimeProvider.System, new DetectorOptions { ConfidenceThreshold = 0.25f });

    [Fact]
    public Task In_the_bundled_clip()
    {
        var clip = File.ReadAllBytes(Repository.PathOf("samples", "media", "pedestrians.mjpeg"));
        return CompareAsync(Split(clip).Where(static (_, i) => i % 10 == 0), leastObjects: 30, iou: 0.9f, confidence: 0.05f);
    }

    [Fact]
    public Task In_photographs_of_everything() =>
        CompareAsync(Directory.GetFiles(Repository.Shared("data", "coco-64", "images")).Order(StringComparer.Ordinal).Select(File.ReadAllBytes), leastObjects: 100, iou: 0.9f, confidence: 0.05f);

    /// <summary>These are larger than the model's input: both decoders scale while they decode.</summary>
    [Fact]
    public Task In_large_photographs_that_are_scaled_down_while_they_are_decoded() =>
        CompareAsync(Directory.GetFiles(Repository.Asset("people"), "*.jpg").Select(File.ReadAllBytes), leastObjects: 10, iou: 0.85f, confidence: 0.1f);

    public void Dispose()
    {
        _detector.Dispose();
        _model.Dispose();
    }

    /// <summary>Every object that Skia's full picture shows clearly is found in the planes too, and the other way round.</summary>
    private async Task CompareAsync(IEnumerable<byte[]> pictures, int leastObjects, float iou, float confidence)
    {
        var (turbo, skia, mistakes, objects, picture) = (Codec.Turbo.Open(_pool), Codec.Skia.Open(_pool), new List<string>(), 0, 0);
        foreach (var jpeg in pictures)
        {
            using var compressed = Pictures.Compressed(_pool, jpeg);
            var expected = await DetectAsync(skia, compressed, 1);
            var found = await DetectAsync(turbo, compressed, _detector.LeastScale(compressed.Width, compressed.Height));
            var fallback = await DetectAsync(skia, compressed, _detector.LeastScale(compressed.Width, compressed.Height));
            // Between the threshold and 0.4 an object may come or go by a breath.
            Missing(expected, found, "is lost in the planes");
            Missing(found, expected, "is invented in the planes");
            Missing(expected, fallback, "is lost by Skia's scaling");
            Missing(fallback, expected, "is invented by Skia's scaling");
            objects += expected.Count(static d => d.Confidence >= 0.4f);
            picture++;
        }

        Assert.Empty(mistakes);
        Assert.True(objects >= leastObjects, $"{objects} objects in {picture} pictures compare too little");
        Assert.Equal(0, _pool.Rented);

        void Missing(Detection[] from, Detection[] among, string what)
        {
            foreach (var d in from)
            {
                if (d.Confidence >= 0.4f && !among.Any(o => o.ClassId == d.ClassId && o.Box.IntersectionOverUnion(d.Box) >= iou && Math.Abs(o.Confidence - d.Confidence) <= confidence))
                    mistakes.Add($"picture {picture}: {d} {what}");
            }
        }
    }

    private async Task<Detection[]> DetectAsync(JpegDecoder decoder, Frame compressed, float leastScale)
    {
        var list = new DetectionList();
        Assert.True(decoder.TryDecode(compressed, leastScale, out var decoded, out var reason), reason);
        using (decoded)
        {
            var status = await _detector.DetectAsync(decoded, list, TestContext.Current.CancellationToken);
            if (status is DetectionStatus.UnsupportedFrame)
            {
                using var colours = PlanarPicture.ToBgra(decoded, _pool);
                status = await _detector.DetectAsync(colours, list, TestContext.Current.CancellationToken);
            }

            Assert.Equal(DetectionStatus.Ok, status);
        }

        return list.Span.ToArray();
    }

    private static IEnumerable<byte[]> Split(byte[] clip)
    {
        for (var at = 0; at < clip.Length;)
        {
            var length = clip.AsSpan(at).IndexOf((ReadOnlySpan<byte>)[0xFF, 0xD9]) + 2;
            yield return clip[at..(at + length)];
            at += length;
        }
    }
}
