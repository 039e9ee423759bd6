namespace EdgeVision.Events;

/// <summary>A trigger's line failed or is back. Pulses in between are known to nobody.</summary>
public sealed record TriggerLineEvent : VisionEvent
{
    /// <summary>Its name.</summary>
    public required string Trigger { get; init; }

    /// <summary>Where it is wired to, for people.</summary>
    public required string Line { get; init; }

    /// <summary>It cannot be read; false when it is read again.</summary>
    public required bool IsLost { get; init; }

    /// <summary>Why, as a sentence that ends in what to do; null when it is back.</summary>
    public string? Reason { get; init; }

    /// <summary>How long a line that is back was away.</summary>
    public TimeSpan? Down { get; init; }

    public override EventFamily Family => EventFamily.Rule;

    public override Severity Severity => IsLost ? Severity.Warning : Severity.Info;
}
