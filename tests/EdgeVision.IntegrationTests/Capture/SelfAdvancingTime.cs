namespace EdgeVision.IntegrationTests.Capture;

/// <summary>
/// Time that jumps to whatever is waited for: a timer that is set fires at once, and the clock then stands where it was set to.
/// A paced source plays an hour in a moment, and the clock afterwards tells exactly how long it would have taken.
/// </summary>
internal sealed class SelfAdvancingTime : TimeProvider
{
    private static readonly DateTimeOffset Epoch = new(2026, 11, 22, 9, 30, 0, TimeSpan.Zero);

    /// <summary>Since the clock was made.</summary>
    public TimeSpan Elapsed { get; private set; }

    /// <summary>False: time passes while a timer is being set, which then does not fire any more.</summary>
    public bool TimersFire { get; init; } = true;

    /// <summary>How long timers were set for, in order.</summary>
    public List<TimeSpan> Waits { get; } = [];

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Elapsed.Ticks;

    public override DateTimeOffset GetUtcNow() => Epoch + Elapsed;

    public void Advance(TimeSpan by) => Elapsed += by;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new JumpingTimer(this, callback, state);

    private sealed class JumpingTimer(SelfAdvancingTime time, TimerCallback callback, object? state) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            time.Waits.Add(dueTime);
            time.Elapsed += dueTime;
            if (time.TimersFire) callback(state);
            return true;
        }

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
