using EdgeVision.Capture.Ffmpeg;

namespace EdgeVision.IntegrationTests.Capture.Ffmpeg;

public sealed class StreamClockTests
{
    private readonly SelfAdvancingTime _time = new();

    [Fact]
    public void Frames_keep_the_cameras_spacing_whatever_their_arrival()
    {
        var clock = new StreamClock(_time);
        double[] delays = [0, 30, 5, 80, 0, 12, 45, 0, 3, 70];
        var before = 0L;
        for (var i = 0; i < delays.Length; i++)
        {
            At(1000 + (i * 40) + delays[i]);
            var at = clock.Map(Ms(i * 40));
            Assert.InRange(at, 0, _time.GetTimestamp());
            // The creep, a thousandth of 40 ms and more, is all that spacing may lose.
            if (i > 0) Assert.InRange((at - before) / (double)TimeSpan.TicksPerMillisecond, 39.7, 40.2);
            before = at;
        }

        Assert.Equal(0, clock.Jumps);
    }

    [Fact]
    public void A_late_first_frame_does_not_make_the_others_late()
    {
        // ffmpeg gives what it gathered while it looked at the stream all at once, then frames as they come.
        var clock = new StreamClock(_time);
        At(2000);
        for (var i = 0; i <= 25; i++) clock.Map(Ms(i * 40));
        At(2045);
        var at = clock.Map(Ms(26 * 40));

        // The freshest of the burst came at once: its pts was mapped to 2000.
        Assert.Equal(2040, Millis(at), 0.1);
    }

    [Fact]
    public void Time_never_goes_backwards_nor_into_the_future()
    {
        var clock = new StreamClock(_time);
        var random = new Random(7);
        var last = -1L;
        var (pts, arrival) = (0.0, 0.0);
        for (var i = 0; i < 100_000; i++)
        {
            arrival += random.Next(100);
            pts = random.Next(500) == 0 ? random.Next(-100_000, 10_000_000) : pts + random.Next(120);
            At(arrival);
            var at = clock.Map(Ms(pts));
            Assert.True(at > last);
            // Frames of one instant are set apart by a tick each.
            Assert.InRange(at, 0, _time.GetTimestamp() + 1000);
            last = at;
        }
    }

    [Fact]
    public void A_camera_whose_clock_is_slow_is_followed()
    {
        // 200 ppm slow for an hour: 0.72 s would be the error.
        var clock = new StreamClock(_time);
        var at = 0L;
        for (var i = 0; i < 3600 * 10; i++)
        {
            At(i * 100.02);
            at = clock.Map(Ms(i * 100));
        }

        Assert.InRange(_time.Elapsed.TotalMilliseconds - Millis(at), 0, 1);
    }

    [Fact]
    public void A_camera_whose_clock_was_set_is_mapped_anew()
    {
        var clock = new StreamClock(_time);
        At(0);
        clock.Map(Ms(50_000));
        At(100);
        Assert.Equal(100, Millis(clock.Map(Ms(50_100))), 0.2);
        At(200);
        Assert.Equal(200, Millis(clock.Map(Ms(10))), 0.2);
        Assert.Equal(1, clock.Jumps);
        At(300);
        Assert.Equal(300, Millis(clock.Map(Ms(90_000_000))), 0.2);
        At(6000);
        Assert.Equal(6000, Millis(clock.Map(Ms(90_000_001))), 0.2);
        Assert.Equal(2, clock.Jumps);
    }

    private void At(double milliseconds) => _time.Advance(Ms(milliseconds) - _time.Elapsed);

    private static TimeSpan Ms(double milliseconds) => TimeSpan.FromTicks((long)(milliseconds * TimeSpan.TicksPerMillisecond));

    private static double Millis(long timestamp) => TimeSpan.FromTicks(timestamp).TotalMilliseconds;
}
