namespace EdgeVision.Frames;

/// <summary>
/// Maps monotonic capture stamps to UTC. Stamps keep their exact spacing until the wall clock is stepped (NTP on a board that booted
/// in 1970); then the mapping is taken anew, so that one bad boot does not date a whole day wrongly. Used by one thread.
/// </summary>
public sealed class FrameClock
{
    /// <summary>Slewing moves the wall clock by at most 500 ppm; half a second off is a step, not a drift.</summary>
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(500);

    private readonly TimeProvider _time;
    private long _anchorTimestamp;
    private DateTimeOffset _anchorUtc;

    public FrameClock(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        _time = time;
        Anchor(time.GetTimestamp(), time.GetUtcNow());
    }

    /// <summary>How often the wall clock was stepped since the clock was made.</summary>
    public int Steps { get; private set; }

    /// <summary>UTC of a stamp of <see cref="TimeProvider.GetTimestamp"/>'s clock.</summary>
    public DateTimeOffset ToUtc(long timestamp)
    {
        var now = _time.GetTimestamp();
        var utc = _time.GetUtcNow();
        if ((utc - Map(now)).Duration() > Step)
        {
            Anchor(now, utc);
            Steps++;
        }

        return Map(timestamp);
    }

    private void Anchor(long timestamp, DateTimeOffset utc) => (_anchorTimestamp, _anchorUtc) = (timestamp, utc);

    private DateTimeOffset Map(long timestamp) => _anchorUtc + Elapsed(_anchorTimestamp, timestamp);

    private TimeSpan Elapsed(long from, long to) =>
        to >= from ? _time.GetElapsedTime(from, to) : -_time.GetElapsedTime(to, from);
}
