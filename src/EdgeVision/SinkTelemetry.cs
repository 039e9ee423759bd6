namespace EdgeVision;

/// <summary>Counters of one sink. Written by its delivery loop; anyone reads.</summary>
public sealed class SinkTelemetry(string sink)
{
    private long _accepted;
    private long _retries;
    private long _rejected;

    public string Sink => sink;

    /// <summary>Events that the other side has acknowledged.</summary>
    public long Accepted => Volatile.Read(ref _accepted);

    /// <summary>Attempts that had to be made again.</summary>
    public long Retries => Volatile.Read(ref _retries);

    /// <summary>Events refused for good, now in the dead-letter table.</summary>
    public long Rejected => Volatile.Read(ref _rejected);

    /// <summary>Capture → acknowledgement, of events that this process appended.</summary>
    public LatencyHistogram Latency { get; } = new();

    public void CountAccepted(int count) => Interlocked.Add(ref _accepted, count);

    public void CountRetry() => Interlocked.Increment(ref _retries);

    public void CountRejected() => Interlocked.Increment(ref _rejected);
}
