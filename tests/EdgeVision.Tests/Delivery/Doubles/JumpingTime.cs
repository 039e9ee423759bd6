namespace EdgeVision.Tests.Delivery;

/// <summary>A wall clock that somebody sets, over stamps and timers that run on.</summary>
public sealed class JumpingTime(TimeProvider steady) : TimeProvider
{
    public TimeSpan Offset { get; set; }

    public override long TimestampFrequency => steady.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => steady.GetUtcNow() + Offset;

    public override long GetTimestamp() => steady.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => steady.CreateTimer(callback, state, dueTime, period);
}
