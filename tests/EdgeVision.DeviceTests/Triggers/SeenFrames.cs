using System.Diagnostics.CodeAnalysis;
using EdgeVision.Frames;

namespace EdgeVision.DeviceTests.Triggers;

/// <summary>Passes a camera's frames on and remembers when each was stamped: the judge of which one was the right one.</summary>
internal sealed class SeenFrames(IFrameSource camera) : IFrameSource
{
    private readonly Lock _gate = new();
    private readonly List<(long Sequence, long Timestamp)> _seen = [];

    public IReadOnlyList<(long Sequence, long Timestamp)> All
    {
        get
        {
            lock (_gate) return [.. _seen];
        }
    }

    public bool TryRead([NotNullWhen(true)] out Frame? frame, CancellationToken stopping)
    {
        if (!camera.TryRead(out frame, stopping)) return false;
        lock (_gate) _seen.Add((frame.Sequence, frame.Timestamp));
        return true;
    }

    public void Dispose() => camera.Dispose();
}
