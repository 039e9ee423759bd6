namespace EdgeVision.Delivery;

/// <summary>
/// How long to wait before trying again: exponential backoff with full jitter above a floor (Brooker, "Exponential Backoff and Jitter",
/// AWS 2015), so that a fleet which lost the same broker does not come back in step. Pure: it neither waits nor reads a clock. One thread.
/// </summary>
public sealed class RetrySchedule
{
    private readonly TimeSpan _min;
    private readonly TimeSpan _max;
    private readonly Random _random;

    /// <param name="min">Floor of every wait.</param>
    /// <param name="max">Ceiling of every wait, at least <paramref name="min"/>.</param>
    /// <param name="random">The jitter; seeded in tests.</param>
    public RetrySchedule(TimeSpan min, TimeSpan max, Random random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(min, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(max, min);
        ArgumentNullException.ThrowIfNull(random);
        (_min, _max, _random) = (min, max, random);
    }

    /// <summary>Failures in a row: 0 after a success, 1 after the first <see cref="Next"/>.</summary>
    public int Attempts { get; private set; }

    /// <summary>After a failure: the n-th wait in a row lies evenly between min and min · 2^n, capped by max.</summary>
    public TimeSpan Next()
    {
        if (Attempts < int.MaxValue) Attempts++;
        var ceiling = Math.Min(_min.Ticks * Math.Pow(2, Attempts), _max.Ticks);
        return TimeSpan.FromTicks(_min.Ticks + (long)((ceiling - _min.Ticks) * _random.NextDouble()));
    }

    /// <summary>After a success.</summary>
    public void Reset() => Attempts = 0;
}
