using EdgeVision.Frames;
using EdgeVision.Geometry;
using EdgeVision.Imaging;
using EdgeVision.Inference;
using EdgeVision.Models;
using EdgeVision.Onnx;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeVision.IntegrationTests.Onnx;

public sealed class OnnxDetectorTests
{
    private readonly FramePool _pool = new();

    /// <summary>Counted over the whole process, threads of ONNX Runtime and clock included, hence in one of its own.</summary>
    [Fact]
    public Task A_steady_camera_allocates_nothing_in_500_frames() => OwnProcess.RunAsync(typeof(OnnxDetectorTests), nameof(Looks_at_500_frames));

    /// <summary>Run by the other test.</summary>
    [Fact(Explicit = true)]
    public void Looks_at_500_frames()
    {
        using var model = OpenBundled();
        using var detector = model.CreateDetector(TimeProvider.System);
        using var frame = PictureFile.Load(Repository.Asset("people/sample1.jpg"), _pool, TimeProvider.System);
        var found = new DetectionList();
        Allocations.Detect(detector, frame, found, frames: 3);
        // What the test runner and the runtime do meanwhile is not the frames': the least of some rounds. A single object of 24 bytes a frame would be 2,400.
        var least = long.MaxValue;
        for (var round = 0; round < 5; round++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            Allocations.Detect(detector, frame, found, frames: 100);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        Assert.InRange(least, 0, 1600);
        Assert.NotEqual(0, found.Count);
    }

    [Fact]
    public async Task Cameras_that_share_a_model_do_not_disturb_each_other()
    {
        using var model = OpenBundled();
        string[] names = ["people/sample1.jpg", "people/sample2.jpg", "people/sample3.jpg"];
        var alone = new List<Detection[]>();
        foreach (var name in names)
        {
            using var detector = model.CreateDetector(TimeProvider.System);
            alone.Add(await DetectAllAsync(detector, name, 1));
        }

        var together = await Task.WhenAll(names.Select(name => Task.Run(async () =>
        {
            using var detector = model.CreateDetector(TimeProvider.System);
            return await DetectAllAsync(detector, name, 5);
        })));
        Assert.Equal(alone, together);
        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public async Task What_was_found_is_in_source_pixels_best_first_and_timed()
    {
        using var model = OpenBundled();
        using var detector = model.CreateDetector(TimeProvider.System);
        using var frame = PictureFile.Load(Repository.Asset("people/sample3.jpg"), _pool, TimeProvider.System);
        var found = new DetectionList();
        Assert.Equal(DetectionStatus.Ok, await DetectAsync(detector, frame, found));
        Assert.Equal(("nanodet-g-416", "person"), (detector.Model.Name, detector.Model.Labels[found.Span[0].ClassId]));
        for (var i = 0; i < found.Count; i++)
        {
            var d = found.Span[i];
            Assert.Equal(d.Box, d.Box.ClipTo(frame.Width, frame.Height));
            Assert.InRange(d.Confidence, 0.37f, i == 0 ? 1 : found.Span[i - 1].Confidence);
        }

        Assert.True(found.Timings is { Preprocess.Ticks: > 0, Infer.Ticks: > 0, Postprocess.Ticks: > 0 });
    }

    [Fact]
    public async Task A_frame_that_cannot_be_read_is_a_status()
    {
        using var model = OpenBundled();
        using var detector = model.CreateDetector(TimeProvider.System);
        using var frame = new Frame(_pool.Rent(10), FrameFormat.Jpeg(8, 8), 10, 1, default, 0);
        Assert.Equal(DetectionStatus.UnsupportedFrame, await DetectAsync(detector, frame, new DetectionList()));
    }

    [Fact]
    public async Task A_toys_answer_is_decoded()
    {
        // Left and top in bin 1, right and bottom in bin 0: from (4, 4) up to (-4, -4), cut at the frame.
        using var toy = ToyModel.Answering([0.9f, -50, 50, -50, 50, 50, -50, 50, -50]);
        using var model = OnnxModel.Open(toy.Load(), new OnnxOptions(1), NullLogger.Instance);
        using var detector = model.CreateDetector(TimeProvider.System);
        using var frame = Square();
        var found = new DetectionList();
        Assert.Equal(DetectionStatus.Ok, await DetectAsync(detector, frame, found));
        Assert.Equal(new Detection(0, 0.9f, new Box(0, 0, 8, 8)), Assert.Single(found.Span.ToArray()));
    }

    [Fact]
    public async Task Numbers_that_are_none_fail_the_frame_and_are_logged_once()
    {
        using var toy = ToyModel.Answering([float.NaN, 0, 0, 0, 0, 0, 0, 0, 0]);
        var log = new CollectingLogger();
        using var model = OnnxModel.Open(toy.Load(), new OnnxOptions(1), log);
        using var detector = model.CreateDetector(TimeProvider.System);
        using var frame = Square();
        var found = new DetectionList();
        for (var i = 0; i < 3; i++) Assert.Equal(DetectionStatus.Failed, await DetectAsync(detector, frame, found));
        Assert.Equal(0, found.Count);
        Assert.Equal([EventIds.ModelLoaded, EventIds.InferenceFailed], log.Entries.Select(static e => e.Id));
    }

    [Fact]
    public async Task A_cancelled_or_disposed_detector_says_so()
    {
        using var model = OpenBundled();
        var detector = model.CreateDetector(TimeProvider.System);
        using var frame = Square();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await detector.DetectAsync(frame, new DetectionList(), new CancellationToken(true)));
        detector.Dispose();
        detector.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await detector.DetectAsync(frame, new DetectionList(), TestContext.Current.CancellationToken));
    }

    private static OnnxModel OpenBundled() => OnnxModel.Open(ModelPackage.Load(Repository.BundledModel), new OnnxOptions(0), NullLogger.Instance);

    private Frame Square()
    {
        var format = FrameFormat.Packed(PixelFormat.Bgr24, 16, 16);
        return new Frame(_pool.Rent(format.SizeInBytes), format, format.SizeInBytes, 1, default, 0);
    }

    private async Task<Detection[]> DetectAllAsync(OnnxDetector detector, string name, int times)
    {
        var found = new DetectionList();
        using var frame = PictureFile.Load(Repository.Asset(name), _pool, TimeProvider.System);
        for (var i = 0; i < times; i++)
        {
            found.Clear();
            Assert.Equal(DetectionStatus.Ok, await DetectAsync(detector, frame, found));
        }

        return found.Span.ToArray();
    }

    private static ValueTask<DetectionStatus> DetectAsync(OnnxDetector detector, Frame frame, DetectionList found) =>
        detector.DetectAsync(frame, found, TestContext.Current.CancellationToken);
}
