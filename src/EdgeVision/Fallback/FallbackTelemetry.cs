namespace EdgeVision.Fallback;

/// <summary>Every decision and every answer, as numbers. Any thread.</summary>
public sealed class FallbackTelemetry
{
    private readonly long[] _asked = new long[Enum.GetValues<FallbackReason>().Length];
    private readonly long[] _heldBack = new long[Enum.GetValues<FallbackLimit>().Length];
    private readonly long[] _verdicts = new long[Enum.GetValues<VerdictOutcome>().Length];
    private long _bytes, _failed, _late;

    public long Asked(FallbackReason reason) => Interlocked.Read(ref _asked[(int)reason]);

    public long HeldBack(FallbackLimit limit) => Interlocked.Read(ref _heldBack[(int)limit]);

    public long Verdicts(VerdictOutcome outcome) => Interlocked.Read(ref _verdicts[(int)outcome]);

    /// <summary>Of pictures that were sent.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Questions without an answer.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>Answers beyond the deadline.</summary>
    public long Late => Interlocked.Read(ref _late);

    /// <summary>From the question to its answer.</summary>
    public LatencyHistogram Latency { get; } = new();

    public void CountAsked(FallbackReason reason, long bytes)
    {
        Interlocked.Increment(ref _asked[(int)reason]);
        Interlocked.Add(ref _bytes, bytes);
    }

    public void CountHeldBack(FallbackLimit limit) => Interlocked.Increment(ref _heldBack[(int)limit]);

    public void CountVerdict(VerdictOutcome outcome) => Interlocked.Increment(ref _verdicts[(int)outcome]);

    public void CountFailed() => Interlocked.Increment(ref _failed);

    public void CountLate() => Interlocked.Increment(ref _late);
}
