using EdgeVision.Frames;
using Microsoft.Extensions.Time.Testing;

namespace EdgeVision.Tests.Frames;

public sealed class FrameClockTests
{
    [Fact]
    public void Stamps_keep_their_exact_spacing()
    {
        var time = new FakeTimeProvider(Some.Moment);
        var clock = new FrameClock(time);
        var first = time.GetTimestamp();
        time.Advance(TimeSpan.FromMilliseconds(33.3));
        var second = time.GetTimestamp();
        time.Advance(TimeSpan.FromSeconds(5));      // read late: only the stamp counts

        Assert.Equal(Some.Moment, clock.ToUtc(first));
        Assert.Equal(Some.Moment + TimeSpan.FromMilliseconds(33.3), clock.ToUtc(second));
        Assert.Equal(0, clock.Steps);
    }

    [Fact]
    public void A_stamp_from_before_the_clock_was_made_is_earlier()
    {
        var time = new FakeTimeProvider(Some.Moment);
        var stamp = time.GetTimestamp();
        time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(Some.Moment, new FrameClock(time).ToUtc(stamp));
    }

    public static TheoryData<string, double, int> Changes => new()
    {
        // row, wall clock moves by (seconds), steps
        { "slewed forward", 0.4, 0 },
        { "slewed back", -0.4, 0 },
        { "stepped forward by NTP from 1970", 1.8e9, 1 },
        { "stepped back an hour", -3600, 1 },
        { "stepped by a second", 1, 1 },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void A_wall_clock_step_is_followed_and_a_slew_is_not(string row, double seconds, int steps)
    {
        var time = new SteppedTimeProvider();
        var clock = new FrameClock(time);
        time.Step(TimeSpan.FromSeconds(seconds));

        var utc = clock.ToUtc(time.GetTimestamp());

        Assert.True(clock.Steps == steps, row);
        Assert.Equal(steps > 0 ? time.GetUtcNow() : SteppedTimeProvider.Start, utc);
        clock.ToUtc(time.GetTimestamp());
        Assert.Equal(steps, clock.Steps);       // counted once
    }

    [Fact]
    public void A_frame_captured_before_the_step_is_dated_right_too_and_the_spacing_goes_on()
    {
        var time = new SteppedTimeProvider();
        var clock = new FrameClock(time);
        var frame = TimeSpan.FromMilliseconds(100);
        var stamp = time.GetTimestamp();
        time.Step(TimeSpan.FromDays(20_000));
        time.Run(frame);

        Assert.Equal(time.GetUtcNow() - frame, clock.ToUtc(stamp));
        Assert.Equal(time.GetUtcNow(), clock.ToUtc(time.GetTimestamp()));
        Assert.Equal(1, clock.Steps);
    }

    /// <summary>A wall clock that is set while the monotonic one only runs.</summary>
    private sealed class SteppedTimeProvider : TimeProvider
    {
        public static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch.AddDays(1);
        private TimeSpan _step;
        private TimeSpan _running = TimeSpan.FromHours(5);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Step(TimeSpan by) => _step += by;

        public void Run(TimeSpan by)
        {
            _running += by;
            _step += by;
        }

        public override DateTimeOffset GetUtcNow() => Start + _step;

        public override long GetTimestamp() => _running.Ticks;
    }
}
