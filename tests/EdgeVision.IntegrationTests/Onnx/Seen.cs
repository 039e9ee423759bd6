using EdgeVision.Frames;
using EdgeVision.Inference;
using EdgeVision.Onnx;

namespace EdgeVision.IntegrationTests.Onnx;

/// <summary>What a detector says about one plain picture.</summary>
internal static class Seen
{
    /// <summary>Of one shade of grey, width × height pixels.</summary>
    public static async Task<(DetectionStatus Status, Detection[] Found)> ByAsync(OnnxDetector detector, int width, int height, byte shade = 0)
    {
        var (pool, found) = (new FramePool(), new DetectionList());
        var format = FrameFormat.Packed(PixelFormat.Bgr24, width, height);
        var buffer = pool.Rent(format.SizeInBytes);
        buffer.Memory.Span[..format.SizeInBytes].Fill(shade);
        DetectionStatus status;
        using (var frame = new Frame(buffer, format, format.SizeInBytes, 1, default, 0))
            status = await detector.DetectAsync(frame, found, TestContext.Current.CancellationToken);
        Assert.Equal(0, pool.Rented);
        return (status, found.Span.ToArray());
    }
}
