using EdgeVision.Frames;
using Microsoft.Extensions.Logging;

namespace EdgeVision;

/// <summary>Losses are counted one by one and told once a second, with the cause.</summary>
public sealed partial class CameraLoop
{
    private static readonly TimeSpan ReportEvery = TimeSpan.FromSeconds(1);

    /// <summary>Reasons told in one line; a folder of a thousand broken pictures must not make a page of it.</summary>
    private const int MaxReasons = 3;

    private readonly List<string> _skipReasons = new(MaxReasons);
    private int _reasonsUntold;

    // The counters outlive this loop: what they held before it began has been told by another.
    private long _droppedTold;
    private long _skippedTold;
    private long _missedTold;
    private long _corruptedTold;
    private long? _reportedAt;

    private void Skip(Frame frame, string reason)
    {
        _telemetry.CountSkipped();
        _skipReason = reason;
        if (!_skipReasons.Contains(reason))
        {
            if (_skipReasons.Count < MaxReasons) _skipReasons.Add(reason);
            else _reasonsUntold++;
        }

        SkippedFrame(_log, _name, frame.Sequence, reason);
    }

    private void ReportLosses(bool atOnce)
    {
        var dropped = _telemetry.Dropped - _droppedTold;
        var skipped = _telemetry.Skipped - _skippedTold;
        var missed = _telemetry.Capture.Missed - _missedTold;
        var corrupted = _telemetry.Capture.Corrupted - _corruptedTold;
        if (dropped == 0 && skipped == 0 && missed == 0 && corrupted == 0) return;
        var now = _time.GetTimestamp();
        if (!atOnce && _reportedAt is { } before && _time.GetElapsedTime(before, now) < ReportEvery) return;
        _reportedAt = now;
        // Slower than the camera is the ordinary state of a small machine: worth knowing, not worth waking anyone.
        if (dropped > 0) DroppedFrames(_log, _name, dropped);
        if (skipped > 0) SkippedFrames(_log, _name, skipped, string.Join("; ", _skipReasons) + (_reasonsUntold > 0 ? $"; and {_reasonsUntold} more" : ""));
        if (missed > 0) MissedFrames(_log, _name, missed);
        if (corrupted > 0) CorruptedFrames(_log, _name, corrupted);
        _skipReasons.Clear();
        _reasonsUntold = 0;
        (_droppedTold, _skippedTold) = (_droppedTold + dropped, _skippedTold + skipped);
        (_missedTold, _corruptedTold) = (_missedTold + missed, _corruptedTold + corrupted);
    }

    [LoggerMessage(EventIds.FramesDropped, LogLevel.Debug, "Camera {Camera} dropped {Count} frames: detection is slower than capture.")]
    private static partial void DroppedFrames(ILogger log, string camera, long count);

    [LoggerMessage(EventIds.FramesSkipped, LogLevel.Warning, "Camera {Camera} skipped {Count} frames: {Reason}.")]
    private static partial void SkippedFrames(ILogger log, string camera, long count, string reason);

    [LoggerMessage(EventIds.FramesMissed, LogLevel.Warning, "Camera {Camera} missed {Count} frames: the driver or the bus lost them; wish a lower rate, a smaller picture or another USB port if it goes on.")]
    private static partial void MissedFrames(ILogger log, string camera, long count);

    [LoggerMessage(EventIds.FramesCorrupted, LogLevel.Warning, "Camera {Camera} gave {Count} damaged frames, which were left out; check its cable if it goes on.")]
    private static partial void CorruptedFrames(ILogger log, string camera, long count);

    [LoggerMessage(EventIds.FrameSkipped, LogLevel.Trace, "Camera {Camera} skipped frame {Sequence}: {Reason}.")]
    private static partial void SkippedFrame(ILogger log, string camera, long sequence, string reason);
}
