using EdgeVision.Triggers;

namespace EdgeVision.Events;

/// <summary>
/// What a pulse of a trigger got: one event for each frame, or one that explains why there is none. <see cref="VisionEvent.Time"/> is of the
/// frame's capture, without a frame of the edge.
/// </summary>
public sealed record TriggerEvent : VisionEvent
{
    /// <summary>Its name.</summary>
    public required string Trigger { get; init; }

    /// <summary>Where it is wired to, for people.</summary>
    public required string Line { get; init; }

    /// <summary>The trigger's own count of the edge, from 1; of lost pulses the last that is missing.</summary>
    public required long Edge { get; init; }

    /// <summary>UTC of the edge; null for pulses that nobody read.</summary>
    public required DateTimeOffset? EdgeTime { get; init; }

    public required TriggerOutcome Outcome { get; init; }

    /// <summary>From 1; without a frame the first that is missing.</summary>
    public int Shot { get; init; } = 1;

    /// <summary>Frames that a pulse asks for.</summary>
    public int Burst { get; init; } = 1;

    /// <summary>Shots without a frame that this explains, or pulses that were lost; 0 when there is a frame.</summary>
    public long Missing { get; init; }

    /// <summary>Begin of the frame's exposure less the edge; negative for a frame before it.</summary>
    public TimeSpan? Difference { get; init; }

    /// <summary>Nobody knows when exposure began: it was taken for one frame interval before the frame's time stamp.</summary>
    public bool IsEstimated { get; init; }

    /// <summary>Edge that has the same frame.</summary>
    public long? SharedWith { get; init; }

    /// <summary>A sentence that ends in what to do; null when there is nothing to explain.</summary>
    public string? Reason { get; init; }

    /// <summary>The camera's own count of a frame that was taken; null without one.</summary>
    public long? FrameSequence { get; init; }

    /// <summary>What was seen in the frame; null when nobody looked. Its id and time mean nothing.</summary>
    public FrameEvent? Seen { get; init; }

    public override EventFamily Family => EventFamily.Rule;

    public override Severity Severity => Outcome is TriggerOutcome.Matched or TriggerOutcome.Shared ? Severity.Info : Severity.Warning;
}
