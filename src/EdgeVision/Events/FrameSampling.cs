namespace EdgeVision.Events;

/// <summary>Which frames become events.</summary>
public enum FrameSampling
{
    /// <summary>When the counts per label differ from the last event's, and at the latest after the interval.</summary>
    Change,

    /// <summary>At most one an interval.</summary>
    Interval,

    /// <summary>Every frame that went through the detector.</summary>
    Every,
}
