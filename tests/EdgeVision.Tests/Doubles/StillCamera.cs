using System.Diagnostics.CodeAnalysis;
using EdgeVision.Frames;

namespace EdgeVision.Tests.Doubles;

/// <summary>Gives frames as fast as they are asked for, and counts what its reader allocates from one to the next.</summary>
internal sealed class StillCamera(FramePool pool, int frames) : IFrameSource
{
    /// <summary>What the runtime and lists do once is not a frame's.</summary>
    private const int WarmUp = 100;

    private long _given, _mark;

    /// <summary>Bytes, after the first frames.</summary>
    public long AllocatedBetweenFrames { get; private set; }

    public bool TryRead([NotNullWhen(true)] out Frame? frame, CancellationToken stopping)
    {
        if (_given > WarmUp) AllocatedBetweenFrames += GC.GetAllocatedBytesForCurrentThread() - _mark;
        frame = null;
        if (_given == frames) return false;
        _given++;
        frame = new Frame(pool.Rent(64), FrameFormat.Packed(PixelFormat.Grey8, 8, 8), 64, _given, DateTimeOffset.UnixEpoch, _given * 1000) { Stamp = FrameStamp.EndOfFrame };
        _mark = GC.GetAllocatedBytesForCurrentThread();
        return true;
    }

    public void Dispose()
    {
    }
}
