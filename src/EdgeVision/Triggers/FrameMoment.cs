namespace EdgeVision.Triggers;

/// <summary>When a frame's exposure began, as far as one can know.</summary>
/// <param name="Key">Of the frame, above 0, growing.</param>
/// <param name="Start"><see cref="TimeProvider.GetTimestamp"/>'s clock.</param>
/// <param name="Interval">From frame to frame, in units of that clock; 0 when not known yet.</param>
/// <param name="IsEstimated"><paramref name="Start"/> is the frame's time stamp less <paramref name="Interval"/>.</param>
public readonly record struct FrameMoment(long Key, long Start, long Interval, bool IsEstimated);
