namespace EdgeVision.Delivery;

/// <summary>
/// Rate limit of a backlog: a token bucket that holds a tenth of a second, so that a pause is not made good by a burst, and few events a
/// second do not mean a wake-up for each. Reads the clock, never waits. One thread.
/// </summary>
internal sealed class BacklogPace(int perSecond, int batchSize, TimeProvider time)
{
    /// <summary>Sent together: a tenth of a second's worth, within a batch.</summary>
    private readonly int _portion = perSecond == 0 ? batchSize : Math.Clamp(perSecond / 10, 1, batchSize);

    private double _tokens;
    private long? _counted;

    /// <summary>Events that may go now: a whole portion, or none.</summary>
    public int Allowed
    {
        get
        {
            if (perSecond == 0) return _portion;
            Count();
            return _tokens >= _portion ? _portion : 0;
        }
    }

    /// <summary>Until <see cref="Allowed"/> is not 0; zero when that is now.</summary>
    public TimeSpan Wait
    {
        get
        {
            if (Allowed > 0) return TimeSpan.Zero;
            // Rounded up to what a timer keeps, so that whoever waits need not wait again for the rest.
            return TimeSpan.FromMilliseconds(Math.Ceiling((_portion - _tokens) / perSecond * 1000));
        }
    }

    /// <summary>So many went.</summary>
    public void Take(int events)
    {
        if (perSecond > 0) _tokens -= events;
    }

    private void Count()
    {
        var now = time.GetTimestamp();
        // The first portion goes at once.
        _tokens = _counted is { } before ? Math.Min(_portion, _tokens + (time.GetElapsedTime(before, now).TotalSeconds * perSecond)) : _portion;
        _counted = now;
    }
}
