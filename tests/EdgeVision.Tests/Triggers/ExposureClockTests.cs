using EdgeVision.Frames;
using EdgeVision.Triggers;
using Microsoft.Extensions.Time.Testing;

namespace EdgeVision.Tests.Triggers;

public sealed class ExposureClockTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void A_stamp_of_the_begin_of_exposure_is_taken_as_it_is()
    {
        var clock = new ExposureClock(offset: null, _time);

        Assert.Equal(new FrameMoment(1, Units(100), 0, IsEstimated: false), clock.Of(1, Units(100), 1, FrameStamp.StartOfExposure));
        Assert.Equal(new FrameMoment(2, Units(140), Units(40), IsEstimated: false), clock.Of(2, Units(140), 2, FrameStamp.StartOfExposure));
    }

    [Theory]
    [InlineData(FrameStamp.EndOfFrame)]
    [InlineData(FrameStamp.Unknown)]
    public void Another_stamp_lies_an_interval_after_it_and_nobody_knows_of_the_first_frame(FrameStamp stamp)
    {
        var clock = new ExposureClock(offset: null, _time);

        Assert.Null(clock.Of(1, Units(100), 1, stamp));
        Assert.Equal(new FrameMoment(2, Units(100), Units(40), IsEstimated: true), clock.Of(2, Units(140), 2, stamp));
    }

    [Theory]
    [InlineData(FrameStamp.EndOfFrame)]
    [InlineData(FrameStamp.StartOfExposure)]
    public void A_measured_offset_goes_before_the_kind_of_stamp(FrameStamp stamp) =>
        Assert.Equal(new FrameMoment(1, Units(87), 0, IsEstimated: false), new ExposureClock(TimeSpan.FromMilliseconds(13), _time).Of(1, Units(100), 1, stamp));

    [Fact]
    public void Lost_frames_share_the_time_out_and_jitter_does_not_move_the_interval()
    {
        var clock = new ExposureClock(offset: null, _time);
        long[] at = [0, 41, 80, 119, 240, 281, 320];
        long[] sequence = [1, 2, 3, 4, 7, 8, 9];
        for (var i = 0; i < at.Length; i++) clock.Of(i, Units(at[i]), sequence[i], FrameStamp.EndOfFrame);

        Assert.InRange(clock.Interval, Units(39), Units(41));
    }

    [Fact]
    public void A_count_that_begins_anew_and_a_stamp_that_stands_still_do_no_harm()
    {
        var clock = new ExposureClock(offset: null, _time);
        clock.Of(1, Units(100), 500, FrameStamp.EndOfFrame);
        clock.Of(2, Units(140), 1, FrameStamp.EndOfFrame);
        clock.Of(3, Units(140), 2, FrameStamp.EndOfFrame);

        Assert.Equal(Units(40), clock.Interval);
    }

    [Fact]
    public void A_camera_that_becomes_slower_is_followed()
    {
        var clock = new ExposureClock(offset: null, _time);
        var at = 0L;
        for (var i = 0; i < 40; i++) clock.Of(i, Units(at += i < 20 ? 40 : 100), i, FrameStamp.EndOfFrame);

        Assert.Equal(Units(100), clock.Interval);
    }

    private long Units(long ms) => ms * _time.TimestampFrequency / 1000;
}
