namespace EdgeVision.Triggers;

/// <summary>What became of a trigger's pulses, as numbers. Any thread.</summary>
public sealed class TriggerTelemetry
{
    private readonly long[] _outcomes = new long[Enum.GetValues<TriggerOutcome>().Length];

    /// <summary>Between edge and begin of exposure, without its sign: of every shot that has a frame.</summary>
    public LatencyHistogram Difference { get; } = new();

    /// <summary>Shots, of lost pulses pulses.</summary>
    public long Of(TriggerOutcome outcome) => Volatile.Read(ref _outcomes[(int)outcome]);

    public void Count(TriggerOutcome outcome, long shots) => Interlocked.Add(ref _outcomes[(int)outcome], shots);
}
