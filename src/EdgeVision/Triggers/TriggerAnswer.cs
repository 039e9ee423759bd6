namespace EdgeVision.Triggers;

/// <summary>What a pulse gets: a frame for one shot, or one explanation for all shots that are still due.</summary>
/// <param name="Pulse">Asked.</param>
/// <param name="Shot">From 1; of an explanation the first that it is for.</param>
/// <param name="Shots">1 for a frame.</param>
/// <param name="Outcome">What became of it.</param>
public sealed record TriggerAnswer(TriggerPulse Pulse, int Shot, int Shots, TriggerOutcome Outcome)
{
    /// <summary><see cref="FrameMoment.Key"/> of the frame; 0 for an explanation.</summary>
    public long Frame { get; init; }

    /// <summary>Begin of the frame's exposure less the edge; negative for a frame before it. The delay is part of it.</summary>
    public TimeSpan? Difference { get; init; }

    /// <summary>The begin of exposure was taken to be one frame interval before the frame's time stamp.</summary>
    public bool IsEstimated { get; init; }

    /// <summary>Number of the first pulse that has the same frame.</summary>
    public long? SharedWith { get; init; }

    /// <summary>A sentence that ends in what to do; null when there is nothing to explain.</summary>
    public string? Reason { get; init; }
}
