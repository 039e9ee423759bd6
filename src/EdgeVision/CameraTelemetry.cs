namespace EdgeVision;

/// <summary>Counters of one camera. Writers are its capture thread and its camera loop; anyone reads.</summary>
public sealed class CameraTelemetry(string camera)
{
    private long _captured;
    private long _dropped;
    private long _inferred;
    private long _skipped;
    private long _paced;
    private long _detections;
    private long _events;

    public string Camera => camera;

    /// <summary>Frames the source gave.</summary>
    public long Captured => Volatile.Read(ref _captured);

    /// <summary>Frames that gave way to a newer one because detection was slower than capture.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Frames that went through the detector.</summary>
    public long Inferred => Volatile.Read(ref _inferred);

    /// <summary>Frames that could not be used: broken picture, detector unavailable.</summary>
    public long Skipped => Volatile.Read(ref _skipped);

    /// <summary>Frames left out on purpose by the camera's inference-rate cap.</summary>
    public long Paced => Volatile.Read(ref _paced);

    /// <summary>Objects detected after all filters.</summary>
    public long Detections => Volatile.Read(ref _detections);

    /// <summary>Events handed to the outbox.</summary>
    public long Events => Volatile.Read(ref _events);

    /// <summary>From capture until the camera loop took the frame.</summary>
    public LatencyHistogram Wait { get; } = new();

    public LatencyHistogram Decode { get; } = new();

    public LatencyHistogram Preprocess { get; } = new();

    public LatencyHistogram Infer { get; } = new();

    public LatencyHistogram Postprocess { get; } = new();

    public void CountCaptured() => Interlocked.Increment(ref _captured);

    public void CountDropped() => Interlocked.Increment(ref _dropped);

    public void CountInferred() => Interlocked.Increment(ref _inferred);

    public void CountSkipped() => Interlocked.Increment(ref _skipped);

    public void CountPaced() => Interlocked.Increment(ref _paced);

    public void CountDetections(int count) => Interlocked.Add(ref _detections, count);

    public void CountEvents(int count) => Interlocked.Add(ref _events, count);
}
