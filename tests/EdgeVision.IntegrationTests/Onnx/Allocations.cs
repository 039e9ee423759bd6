using EdgeVision.Frames;
using EdgeVision.Inference;
using EdgeVision.Onnx;

namespace EdgeVision.IntegrationTests.Onnx;

/// <summary>Counts what frames cost the garbage collector.</summary>
internal static class Allocations
{
    /// <summary>Bytes that this thread allocates for <paramref name="frames"/> frames, after two that prepare; the least of some rounds, because what the runtime does once is not theirs.</summary>
    public static long Of(OnnxDetector detector, int width, int height, int frames)
    {
        var (pool, found) = (new FramePool(), new DetectionList());
        var format = FrameFormat.Packed(PixelFormat.Bgr24, width, height);
        using var frame = new Frame(pool.Rent(format.SizeInBytes), format, format.SizeInBytes, 1, default, 0);
        Detect(detector, frame, found, 2);
        var least = long.MaxValue;
        for (var round = 0; round < 3; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Detect(detector, frame, found, frames);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }

    /// <summary>Without awaiting: the count is one thread's.</summary>
    public static void Detect(OnnxDetector detector, Frame frame, DetectionList found, int frames)
    {
        for (var i = 0; i < frames; i++)
        {
            found.Clear();
            var pending = detector.DetectAsync(frame, found, CancellationToken.None);
            if (!pending.IsCompletedSuccessfully || pending.Result != DetectionStatus.Ok) Assert.Fail("The detector works synchronously.");
        }
    }
}
