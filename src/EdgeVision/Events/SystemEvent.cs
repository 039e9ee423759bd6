using EdgeVision.Delivery;

namespace EdgeVision.Events;

/// <summary>The node about itself.</summary>
public sealed record SystemEvent : VisionEvent
{
    public required SystemEventKind Kind { get; init; }

    /// <summary>A sentence for a person.</summary>
    public required string Message { get; init; }

    public Severity Level { get; init; }

    /// <summary>What is lost, where this event tells of a loss.</summary>
    public EventLoss? Loss { get; init; }

    /// <summary>Where this event tells of a rollout.</summary>
    public ModelUpdateStep? Update { get; init; }

    public override EventFamily Family => EventFamily.System;

    public override Severity Severity => Level;
}
