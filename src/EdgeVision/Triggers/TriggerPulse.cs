namespace EdgeVision.Triggers;

/// <summary>A pulse that wants its frames.</summary>
/// <param name="Number">From 1, for as long as the node runs; goes on when the line is opened again.</param>
/// <param name="Timestamp">Of the edge, <see cref="TimeProvider.GetTimestamp"/>'s clock.</param>
/// <param name="At">The same in UTC.</param>
public readonly record struct TriggerPulse(long Number, long Timestamp, DateTimeOffset At);
