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
    /// <summary>COCO's own bar for a box that has found its object.</summary>
    private const float SameObject = 0.5f;

    private static readonly Closeness Same = new(Clear: 0.4f, Confidence: 0.05f, Overlap: 0.9f, Moved: 0.02f);

    private readonly FramePool _pool = new();
    private readonly OnnxModel _model = OnnxModel.Open(ModelPackage.Load(Repository.BundledModel), new OnnxOptions(0), NullLogger.Instance);
    private readonly OnnxDetector _detector;

    public SameDetectionsTests() => _detector = _model.CreateDetector(TimeProvider.System, new DetectorOptions { ConfidenceThreshold = 0.25f });

    [Fact]
    public Task In_the_bundled_clip()
    {
        var clip = File.ReadAllBytes(Repository.PathOf("samples", "media", "pedestrians.mjpeg"));
        return CompareAsync(Split(clip).Where(static (_, i) => i % 10 == 0), leastObjects: 30, Same);
    }

    [Fact]
    public Task In_photographs_of_everything() =>
        CompareAsync(Directory.GetFiles(Repository.Shared("data", "coco-64", "images")).Order(StringComparer.Ordinal).Where(static (_, i) => i % 2 == 0).Select(File.ReadAllBytes), leastObjects: 50, Same);

    /// <summary>These are larger than the model's input: both decoders scale while they decode.</summary>
    [Fact]
    public Task In_large_photographs_that_are_scaled_down_while_they_are_decoded() =>
        CompareAsync(Directory.GetFiles(Repository.Asset("people"), "*.jpg").Select(File.ReadAllBytes), leastObjects: 10, new Closeness(0.4f, 0.1f, 0.85f, 0.1f));

    /// <summary>The way down to the model's input is another one, with less aliasing: what is clearly there stays, boxes move a little.</summary>
    [Fact]
    public Task In_large_photographs_whether_they_are_scaled_down_or_not() =>
        CompareAsync(Directory.GetFiles(Repository.Asset("people"), "*.jpg").Select(File.ReadAllBytes), leastObjects: 8, new Closeness(0.5f, 0.15f, 0.8f, 0.1f), scaleOfSkia: 1);

    public void Dispose()
    {
        _detector.Dispose();
        _model.Dispose();
    }

    /// <summary>Every object that one decoder shows clearly is found with the other: none is lost, none invented.</summary>
    private async Task CompareAsync(IEnumerable<byte[]> pictures, int leastObjects, Closeness close, float? scaleOfSkia = null)
    {
        var (turbo, skia, mistakes, objects, moved, picture) = (Codec.Turbo.Open(_pool), Codec.Skia.Open(_pool), new List<string>(), 0, 0, 0);
        foreach (var jpeg in pictures)
        {
            using var compressed = Pictures.Compressed(_pool, jpeg);
            var least = _detector.LeastScale(compressed.Width, compressed.Height);
            var (found, expected) = (await DetectAsync(turbo, compressed, least), await DetectAsync(skia, compressed, scaleOfSkia ?? least));
            mistakes.AddRange(close.Missing(expected, found, SameObject).Select(d => $"picture {picture}: only Skia shows {d.Confidence} of class {d.ClassId} in {d.Box}"));
            mistakes.AddRange(close.Missing(found, expected, SameObject).Select(d => $"picture {picture}: only libjpeg-turbo shows {d.Confidence} of class {d.ClassId} in {d.Box}"));
            moved += close.Missing(expected, found, close.Overlap).Count();
            objects += expected.Count(d => d.Confidence >= close.Clear);
            picture++;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{objects} objects in {picture} pictures, {moved} boxes overlap by less than {close.Overlap}");
        Assert.True(mistakes.Count == 0, string.Join('\n', mistakes));
        Assert.True(objects >= leastObjects, $"{objects} objects in {picture} pictures compare too little");
        Assert.True(moved <= close.Moved * objects, $"{moved} of {objects} boxes overlap by less than {close.Overlap}");
        Assert.Equal(0, _pool.Rented);
    }

    private async Task<Detection[]> DetectAsync(JpegDecoder decoder, Frame compressed, float leastScale)
    {
        var list = new DetectionList();
        Assert.True(decoder.TryDecode(compressed, leastScale, out var decoded, out var reason), reason);
        using (decoded)
        {
            Assert.Equal(DetectionStatus.Ok, await _detector.DetectAsync(decoded, list, TestContext.Current.CancellationToken));
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

    /// <summary>
    /// How alike two answers must be. Below <paramref name="Clear"/>, and above the detector's threshold, an object may come or go by a breath. Of two
    /// equally confident boxes around one object, suppression keeps the one that is better by a breath: that few may differ is <paramref name="Moved"/>.
    /// </summary>
    /// <param name="Clear">Confidence of the objects compared.</param>
    /// <param name="Confidence">By how much it may differ.</param>
    /// <param name="Overlap">IoU of the two boxes of an object.</param>
    /// <param name="Moved">Share of objects that may stay below that, down to <see cref="SameObject"/>.</param>
    private sealed record Closeness(float Clear, float Confidence, float Overlap, float Moved)
    {
        public IEnumerable<Detection> Missing(Detection[] from, Detection[] among, float overlap) => from.Where(d =>
            d.Confidence >= Clear && !among.Any(o => o.ClassId == d.ClassId && o.Box.IntersectionOverUnion(d.Box) >= overlap && Math.Abs(o.Confidence - d.Confidence) <= Confidence));
    }
}
