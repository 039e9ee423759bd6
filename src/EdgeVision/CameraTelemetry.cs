using EdgeVision.Frames;
using EdgeVision.Inference;
using EdgeVision.Triggers;

namespace EdgeVision;

/// <summary>Counters of one camera. Writers are its capture thread and its camera loop; anyone reads.</summary>
public sealed class CameraTelemetry(string camera)
{
    /// <summary>Detections of the newest frame that are remembered.</summary>
    public const int MaxLast = 64;

    private long _captured;
    private long _dropped;
    private long _inferred;
    private long _firstInferred;
    private long _lastInferred;
    private long _skipped;
    private long _paced;
    private long _still;
    private long _taken;
    private long _gated;
    private int _gateIsClosed;
    private int _isPaused;
    private long _losses;
    private string? _lostReason;
    private long _detections;
    private long _events;
    private int _condition;
    private long _retryAt;
    private readonly Lock _lastGate = new();
    private readonly Detection[] _last = new Detection[MaxLast];
    private int _lastCount;

    public string Camera => camera;

    public CameraCondition Condition => (CameraCondition)Volatile.Read(ref _condition);

    /// <summary>Until the next attempt to open a lost camera; zero when that is under way.</summary>
    public TimeSpan RetryIn(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        var wait = time.GetElapsedTime(time.GetTimestamp(), Volatile.Read(ref _retryAt));
        return Condition is CameraCondition.Lost && wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }

    /// <summary>What the driver lost or spoiled.</summary>
    public CaptureCounters Capture { get; } = new();

    /// <summary>Frames the source gave.</summary>
    public long Captured => Volatile.Read(ref _captured);

    /// <summary>Frames that gave way to a newer one because detection was slower than capture.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Frames that went through the detector.</summary>
    public long Inferred => Volatile.Read(ref _inferred);

    /// <summary>Frames a second between the first and the last that went through the detector; null before the second.</summary>
    public double? FramesPerSecond(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        var elapsed = time.GetElapsedTime(Volatile.Read(ref _firstInferred), Volatile.Read(ref _lastInferred));
        return Inferred > 1 && elapsed > TimeSpan.Zero ? (Inferred - 1) / elapsed.TotalSeconds : null;
    }

    /// <summary>Frames that could not be used: broken picture, detector unavailable.</summary>
    public long Skipped => Volatile.Read(ref _skipped);

    /// <summary>Frames left out on purpose by the camera's inference-rate cap.</summary>
    public long Paced => Volatile.Read(ref _paced);

    /// <summary>Frames left out on purpose because nothing moved.</summary>
    public long Still => Volatile.Read(ref _still);

    /// <summary>Frames that the camera loop has taken, whatever became of them; of a triggered camera those of pulses, and the first after each opening.</summary>
    public long Taken => Volatile.Read(ref _taken);

    /// <summary>Frames left out on purpose because the camera's gate was closed, or the camera paused.</summary>
    public long Gated => Volatile.Read(ref _gated);

    /// <summary>The newest frame met a closed gate.</summary>
    public bool IsGateClosed => Volatile.Read(ref _gateIsClosed) != 0;

    /// <summary>The newest frame met a paused camera.</summary>
    public bool IsPaused => Volatile.Read(ref _isPaused) != 0;

    /// <summary>Times that it was lost, or could not be opened to begin with; attempts to open it again do not count.</summary>
    public long Losses => Volatile.Read(ref _losses);

    /// <summary>Why it was lost last, as a sentence; null when it never was.</summary>
    public string? LostReason => Volatile.Read(ref _lostReason);

    /// <summary>Objects detected after all filters.</summary>
    public long Detections => Volatile.Read(ref _detections);

    /// <summary>Events handed to the outbox.</summary>
    public long Events => Volatile.Read(ref _events);

    /// <summary>From capture until the camera loop took the frame.</summary>
    public LatencyHistogram Wait { get; } = new();

    public LatencyHistogram Decode { get; } = new();

    /// <summary>Of its trigger; all zero without one.</summary>
    public TriggerTelemetry Triggers { get; } = new();

    public LatencyHistogram Preprocess { get; } = new();

    public LatencyHistogram Infer { get; } = new();

    public LatencyHistogram Postprocess { get; } = new();

    /// <summary>It gives frames: told of each that the camera loop takes.</summary>
    public void Runs()
    {
        Interlocked.Increment(ref _taken);
        Volatile.Write(ref _condition, (int)CameraCondition.Runs);
    }

    /// <summary>It failed.</summary>
    /// <param name="retryIn">Until it is opened again.</param>
    /// <param name="time">Measures that.</param>
    /// <param name="reason">Why, as a sentence.</param>
    public void Lost(TimeSpan retryIn, TimeProvider time, string? reason = null)
    {
        ArgumentNullException.ThrowIfNull(time);
        Volatile.Write(ref _lostReason, reason);
        Volatile.Write(ref _retryAt, time.GetTimestamp() + (long)(retryIn.TotalSeconds * time.TimestampFrequency));
        if (Interlocked.Exchange(ref _condition, (int)CameraCondition.Lost) != (int)CameraCondition.Lost) Interlocked.Increment(ref _losses);
    }

    /// <summary>It gives no more frames, as it was meant to.</summary>
    public void Ended() => Volatile.Write(ref _condition, (int)CameraCondition.Ended);

    public void CountCaptured() => Interlocked.Increment(ref _captured);

    public void CountDropped() => Interlocked.Increment(ref _dropped);

    /// <summary>A frame went through the detector.</summary>
    /// <param name="timings">What it cost.</param>
    /// <param name="timestamp">When it came out, <see cref="TimeProvider.GetTimestamp"/>.</param>
    public void CountInferred(in DetectionTimings timings, long timestamp)
    {
        if (Interlocked.Increment(ref _inferred) == 1) Volatile.Write(ref _firstInferred, timestamp);
        Volatile.Write(ref _lastInferred, timestamp);
        Preprocess.Record(timings.Preprocess);
        Infer.Record(timings.Infer);
        Postprocess.Record(timings.Postprocess);
    }

    public void CountSkipped() => Interlocked.Increment(ref _skipped);

    public void CountPaced() => Interlocked.Increment(ref _paced);

    public void CountStill() => Interlocked.Increment(ref _still);

    /// <summary>A frame met the camera's gate.</summary>
    /// <param name="isClosed">The frame is left out.</param>
    public void MeetGate(bool isClosed)
    {
        if (isClosed) Interlocked.Increment(ref _gated);
        Volatile.Write(ref _gateIsClosed, isClosed ? 1 : 0);
    }

    /// <summary>A frame asked whether the camera is paused.</summary>
    /// <param name="isPaused">The frame is left out.</param>
    public void MeetPause(bool isPaused)
    {
        if (isPaused) Interlocked.Increment(ref _gated);
        Volatile.Write(ref _isPaused, isPaused ? 1 : 0);
    }

    /// <summary>What one frame showed, after all filters.</summary>
    public void CountDetections(ReadOnlySpan<Detection> detections)
    {
        Interlocked.Add(ref _detections, detections.Length);
        lock (_lastGate)
        {
            _lastCount = Math.Min(detections.Length, _last.Length);
            detections[.._lastCount].CopyTo(_last);
        }
    }

    /// <summary>The first detections of the newest frame, for whoever watches; copies at most what fits.</summary>
    public int CopyLast(Span<Detection> into)
    {
        lock (_lastGate)
        {
            var count = Math.Min(_lastCount, into.Length);
            _last.AsSpan(0, count).CopyTo(into);
            return count;
        }
    }

    public void CountEvents(int count) => Interlocked.Add(ref _events, count);
}
