using System.Diagnostics.CodeAnalysis;

namespace EdgeVision.Frames;

/// <summary>
/// A camera, or what stands for one. A blocking pull, because that is the shape of a driver; it knows no channels and no threads:
/// <see cref="FrameMailbox"/> calls it from the capture thread that it owns.
/// </summary>
public interface IFrameSource : IDisposable
{
    /// <summary>
    /// Blocks until the next frame. The caller owns the frame. False means the source has ended (the last picture of a folder).
    /// </summary>
    /// <exception cref="CaptureException">The device or stream failed; its message says what to do. The supervisor opens it again.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="stopping"/> fired.</exception>
    bool TryRead([NotNullWhen(true)] out Frame? frame, CancellationToken stopping);
}
