using EdgeVision.Frames;
using Microsoft.Extensions.Time.Testing;

namespace EdgeVision.Tests.Frames;

public sealed class FrameRateCapTests
{
    public static TheoryData<string, double, double, int> Rates => new()
    {
        // row, camera fps, cap, frames let through in 10 s
        { "no cap", 10, 0, 100 },
        { "cap above the camera's rate", 10, 30, 100 },
        { "cap at the camera's rate", 10, 10, 100 },
        { "half", 10, 5, 50 },
        { "no whole divisor", 10, 7, 70 },
        { "one a second", 30, 1, 10 },
        { "one in ten seconds", 10, 0.1, 1 },
    };

    [Theory]
    [MemberData(nameof(Rates))]
    public void On_average_no_more_than_the_cap_goes_through(string row, double cameraFps, double cap, int expected)
    {
        var time = new FakeTimeProvider();
        var rate = new FrameRateCap(cap, time);
        var through = 0;
        for (var i = 0; i < 10 * cameraFps; i++)
        {
            // A camera's clock jitters; two milliseconds early or late must not cost frames.
            var jitter = TimeSpan.FromMilliseconds(i % 3 - 1) * 2;
            var at = TimeSpan.FromSeconds(1 + (i / cameraFps)) + jitter;
            if (rate.Allows((long)(at.TotalSeconds * time.TimestampFrequency))) through++;
        }

        Assert.InRange(through, expected - 1, expected + 1);
        Assert.NotEmpty(row);
    }

    [Fact]
    public void A_stall_is_not_followed_by_a_burst()
    {
        var time = new FakeTimeProvider();
        var rate = new FrameRateCap(1, time);
        var second = time.TimestampFrequency;

        Assert.True(rate.Allows(0));
        Assert.True(rate.Allows(60 * second));
        Assert.False(rate.Allows((60 * second) + (second / 10)));
        Assert.True(rate.Allows(61 * second));
    }

    [Fact]
    public void A_new_cap_holds_from_the_next_frame_on()
    {
        var time = new FakeTimeProvider();
        var rate = new FrameRateCap(0.01, time);
        Assert.Equal([1, 0, 20, 10], [Through(20), Change(0.01, 20), Change(0, 20), Change(10, 20)]);

        int Change(double cap, int frames)
        {
            rate.MaxFps = cap;
            return Through(frames);
        }

        int Through(int frames)
        {
            var through = 0;
            for (var i = 0; i < frames; i++)
            {
                if (rate.Allows(time.GetTimestamp())) through++;
                time.Advance(TimeSpan.FromMilliseconds(50));
            }

            return through;
        }
    }
}
