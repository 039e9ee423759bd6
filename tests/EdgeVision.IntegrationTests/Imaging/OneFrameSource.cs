using System.Diagnostics.CodeAnalysis;
using EdgeVision.Frames;

namespace EdgeVision.IntegrationTests.Imaging;

/// <summary>A camera that gives the same picture each time, in a frame of its own.</summary>
internal sealed class OneFrameSource(FramePool pool, byte[] pixels, FrameFormat format) : IFrameSource
{
    /// <summary>One frame of the camera mounted and masked so; caller disposes.</summary>
    public static Frame Mounted(FramePool pool, byte[] pixels, in FrameFormat format, FrameOrientation orientation, params PrivacyMaskOptions[] masks)
    {
        using var source = new MountedSource(new OneFrameSource(pool, pixels, format), orientation, new LivePrivacyMask(PrivacyMask.Of(masks)));
        Assert.True(source.TryRead(out var frame, TestContext.Current.CancellationToken));
        return frame;
    }

    public bool TryRead([NotNullWhen(true)] out Frame? frame, CancellationToken stopping)
    {
        var buffer = pool.Rent(pixels.Length);
        pixels.CopyTo(buffer.Memory);
        frame = new Frame(buffer, format, pixels.Length, 1, DateTimeOffset.UnixEpoch, 0);
        return true;
    }

    public void Dispose()
    {
    }
}
