namespace EdgeVision.Delivery;

/// <summary>
/// A clock that nobody sets, for how long events are held: it runs monotonically while the process does and takes the wall clock's word
/// only for the time between two processes, never for less than nothing and never for more than a day. A clock that jumps ages nothing
/// while the node runs, and by a day at most across a restart. Milliseconds since the outbox was begun.
/// </summary>
internal sealed class HeldClock
{
    private static readonly TimeSpan LongestAbsence = TimeSpan.FromDays(1);

    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly long _begin;

    /// <param name="time">Monotonic stamps and wall clock.</param>
    /// <param name="lastHeld">What this clock showed when it was last written down.</param>
    /// <param name="lastWall">What the wall clock showed then; null for a new outbox.</param>
    public HeldClock(TimeProvider time, long lastHeld, DateTimeOffset? lastWall)
    {
        (_time, _started) = (time, time.GetTimestamp());
        var absence = lastWall is { } wall ? time.GetUtcNow() - wall : TimeSpan.Zero;
        _begin = lastHeld + (long)TimeSpan.FromTicks(Math.Clamp(absence.Ticks, 0, LongestAbsence.Ticks)).TotalMilliseconds;
    }

    public long Now => _begin + (long)_time.GetElapsedTime(_started).TotalMilliseconds;

    public DateTimeOffset Wall => _time.GetUtcNow();
}
