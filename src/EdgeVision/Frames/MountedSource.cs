using System.Diagnostics.CodeAnalysis;

namespace EdgeVision.Frames;

/// <summary>
/// A camera as it hangs: its frames know how they stand upright and what of them nobody may see. Around every camera, so that no other
/// place has to think of masks: see <see cref="Frame.Pixels"/>.
/// </summary>
/// <param name="camera">Disposed with this.</param>
/// <param name="orientation">Of the mounting; comes after what a frame says of itself.</param>
/// <param name="mask">May be exchanged at any time.</param>
public sealed class MountedSource(IFrameSource camera, FrameOrientation orientation, LivePrivacyMask mask) : IFrameSource
{
    public bool TryRead([NotNullWhen(true)] out Frame? frame, CancellationToken stopping)
    {
        if (!camera.TryRead(out frame, stopping)) return false;
        frame.Mount(orientation, mask);
        return true;
    }

    public void Dispose() => camera.Dispose();

    public override string ToString() =>
        $"{camera}{(orientation is FrameOrientation.Upright ? "" : $", {orientation}")}{(mask.Current is { } hidden ? $", {hidden}" : "")}";
}
