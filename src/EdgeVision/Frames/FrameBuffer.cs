namespace EdgeVision.Frames;

/// <summary>
/// The big pooled bytes behind a <see cref="Frame"/>: an array of a <see cref="FramePool"/> or a buffer mapped from a driver.
/// Exactly one frame holds it; that frame's disposal returns it.
/// </summary>
public abstract class FrameBuffer
{
    /// <summary>The whole buffer, possibly longer than the frame. Not to be touched after <see cref="Return"/>.</summary>
    public abstract Memory<byte> Memory { get; }

    /// <summary>Gives the bytes back to their owner. Called once, by the frame.</summary>
    public abstract void Return();
}
