using EdgeVision.Frames;
using Microsoft.Extensions.Logging;

namespace EdgeVision;

/// <summary>Losses are counted one by one and told once a second, with the cause.</summary>
public sealed partial class CameraLoop
{
    private static readonly TimeSpan ReportEvery = TimeSpan.FromSeconds(1);

    private long _droppedTold;
    private long _skippedTold;
    private string _skipReason = "";
    private long? _reportedAt;

    private void Skip(Frame frame, string reason)
    {
        _telemetry.CountSkipped();
        _skipReason = reason;
        SkippedFrame(_log, _name, frame.Sequence, reason);
    }

    private void ReportLosses()
    {
        var dropped = _telemetry.Dropped - _droppedTold;
        var skipped = _telemetry.Skipped - _skippedTold;
        if (dropped == 0 && skipped == 0) return;
        var now = _time.GetTimestamp();
        if (_reportedAt is { } before && _time.GetElapsedTime(before, now) < ReportEvery) return;
        _reportedAt = now;
        // Slower than the camera is the ordinary state of a small machine: worth knowing, not worth waking anyone.
        if (dropped > 0) DroppedFrames(_log, _name, dropped);
        if (skipped > 0) SkippedFrames(_log, _name, skipped, _skipReason);
        (_droppedTold, _skippedTold) = (_telemetry.Dropped, _telemetry.Skipped);
    }

    [LoggerMessage(EventIds.FramesDropped, LogLevel.Debug, "Camera {Camera} dropped {Count} frames: detection is slower than capture.")]
    private static partial void DroppedFrames(ILogger log, string camera, long count);

    [LoggerMessage(EventIds.FramesSkipped, LogLevel.Warning, "Camera {Camera} skipped {Count} frames: {Reason}.")]
    private static partial void SkippedFrames(ILogger log, string camera, long count, string reason);

    [LoggerMessage(EventIds.FrameSkipped, LogLevel.Trace, "Camera {Camera} skipped frame {Sequence}: {Reason}.")]
    private static partial void SkippedFrame(ILogger log, string camera, long sequence, string reason);
}
