namespace EdgeVision;

/// <summary>Counters of one sink. Written by its delivery loop; anyone reads.</summary>
public sealed class SinkTelemetry(string sink)
{
    private const long Idle = long.MinValue;

    private long _accepted;
    private long _retries;
    private long _rejected;
    private int _isFailing;
    private long _sendingSince = Idle;

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

    /// <summary>How long the batch that is with the sink has been there; null when none is.</summary>
    public TimeSpan? SendingFor(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        return Volatile.Read(ref _sendingSince) is var since and not Idle ? time.GetElapsedTime(since) : null;
    }

    /// <summary>A batch is handed to the sink.</summary>
    /// <param name="timestamp">When, <see cref="TimeProvider.GetTimestamp"/>.</param>
    public void Sends(long timestamp) => Volatile.Write(ref _sendingSince, timestamp);

    /// <summary>The sink has answered, or failed.</summary>
    public void HasSent() => Volatile.Write(ref _sendingSince, Idle);

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
