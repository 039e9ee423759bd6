namespace EdgeVision.Triggers;

/// <summary>One pulse of a trigger, as the kernel saw it.</summary>
/// <param name="Number">The trigger's own count, from 1; a gap is pulses that were lost before anybody could read them.</param>
/// <param name="Timestamp">Of the edge, on <see cref="TimeProvider.GetTimestamp"/>'s clock, which is the one of frames.</param>
public readonly record struct TriggerEdge(long Number, long Timestamp);
