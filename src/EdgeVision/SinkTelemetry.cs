namespace EdgeVision;

/// <summary>Counters of one sink. Written by its delivery loop; anyone reads.</summary>
public sealed class SinkTelemetry(string sink)
{
    private long _accepted;
    private long _retries;
    private long _rejected;
    private int _isFailing;

    public string Sink => sink;

    /// <summary>Events that the other side has acknowledged.</summary>
    public long Accepted => Volatile.Read(ref _accepted);

    /// <summary>Attempts that had to be made again.</summary>
    public long Retries => Volatile.Read(ref _retries);

    /// <summary>Events refused for good, now in the dead-letter table.</summary>
    public long Rejected => Volatile.Read(ref _rejected);

    /// <summary>The last attempt has to be made again. A link that dies while there is nothing to send is not noticed before there is.</summary>
    public bool IsFailing => Volatile.Read(ref _isFailing) != 0;

    /// <summary>Capture → acknowledgement, of events that this process appended.</summary>
    public LatencyHistogram Latency { get; } = new();

    public void CountAccepted(int count)
    {
        Interlocked.Add(ref _accepted, count);
        Volatile.Write(ref _isFailing, 0);
    }

    public void CountRetry()
    {
        Interlocked.Increment(ref _retries);
        Volatile.Write(ref _isFailing, 1);
    }

    public void CountRejected()
    {
        Interlocked.Increment(ref _rejected);
        Volatile.Write(ref _isFailing, 0);
    }
}
