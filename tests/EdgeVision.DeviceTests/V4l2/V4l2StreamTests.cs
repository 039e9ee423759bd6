using EdgeVision.Capture.V4l2;
using EdgeVision.Capture.V4l2.Controls;
using EdgeVision.Frames;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeVision.DeviceTests.V4l2;

/// <summary>Frames from vivid: none lost, buffers lent and given back, nothing left behind.</summary>
public sealed class V4l2StreamTests
{
    private const string Uri = "v4l2:///dev/video0?width=640&height=480&format=YUYV&fps=25";

    [Fact]
    public void Three_hundred_frames_come_without_a_gap()
    {
        Guest.Require();
        var lost = "";
        // The guest shares a processor with whatever runs outside: when vivid's own thread comes late, it skips frames, and nobody here could have had them.
        for (var tries = 0; tries < 5; tries++)
        {
            var (pool, counters) = (new FramePool(), new CaptureCounters());
            Read300(pool, counters);
            Assert.Equal((0, 0, 0), (counters.Corrupted, counters.Copied, pool.Rented));
            if (counters.Missed == 0) return;
            lost += $" {counters.Missed}";
        }

        Assert.Fail($"Of 300 frames were lost, in five tries:{lost}.");
    }

    private static void Read300(FramePool pool, CaptureCounters counters)
    {
        using var source = VividCamera.Open(Uri + "&copy=never", pool, counters);
        var (last, lastStamp) = (0L, 0L);
        for (var i = 1; i <= 300; i++)
        {
            using var frame = VividCamera.Read(source);
            Assert.Equal(i + counters.Missed, frame.Sequence);
            Assert.True(frame.Sequence > last && frame.Timestamp > lastStamp, "Counts and stamps go forward.");
            Assert.True(frame.Timestamp <= TimeProvider.System.GetTimestamp(), "No frame is from the future.");
            Assert.InRange(frame.CapturedAt, TimeProvider.System.GetUtcNow() - TimeSpan.FromSeconds(10), TimeProvider.System.GetUtcNow() + TimeSpan.FromMilliseconds(1));
            Assert.Equal(FrameStamp.EndOfFrame, frame.Stamp);
            (last, lastStamp) = (frame.Sequence, frame.Timestamp);
        }
    }

    [Fact]
    public void A_stamp_of_the_begin_of_exposure_is_known_as_one()
    {
        Guest.Require();
        VividCamera.Set("timestamp_source", "Start of Exposure");
        try
        {
            using var source = VividCamera.Open(Uri, new FramePool());
            using var frame = VividCamera.Read(source);
            Assert.Equal(FrameStamp.StartOfExposure, frame.Stamp);
        }
        finally
        {
            VividCamera.Set("timestamp_source", "End of Frame");
        }
    }

    [Fact]
    public void Stamps_are_a_frame_time_apart()
    {
        Guest.Require();
        using var source = VividCamera.Open(Uri, new FramePool());
        long first;
        using (var frame = VividCamera.Read(source)) first = frame.Timestamp;
        for (var i = 0; i < 49; i++) VividCamera.Read(source).Dispose();
        using var last = VividCamera.Read(source);
        // vivid stamps by its own schedule, so this is no measure of this machine's speed; a stamp that is ahead of its frame counts as the arrival.
        Assert.Equal(1 / 25.0, TimeProvider.System.GetElapsedTime(first, last.Timestamp).TotalSeconds / (last.Sequence - 1), 0.004);
    }

    [Fact]
    public void Consumers_that_hold_many_frames_starve_nobody()
    {
        Guest.Require();
        var (pool, counters) = (new FramePool(), new CaptureCounters());
        var held = new List<Frame>();
        using (var source = VividCamera.Open(Uri + "&copy=never", pool, counters))
        {
            for (var i = 0; i < 20; i++) held.Add(VividCamera.Read(source));
            // 5 buffers less 2 for the driver are lent, the other frames are copies; all have pictures.
            Assert.Equal(20 - 3, counters.Copied);
            Assert.Equal(20 - 3, pool.Rented);
            Assert.All(held, static frame => Assert.True(frame.Pixels.ContainsAnyExcept((byte)0)));
            held.ForEach(static frame => frame.Dispose());
            for (var i = 0; i < 10; i++) VividCamera.Read(source).Dispose();
            Assert.Equal(17, counters.Copied);
        }

        Assert.Equal(0, pool.Rented);
    }

    [Theory]
    [InlineData("copy=always", true)]
    [InlineData("copy=never", false)]
    public void Frames_are_copied_or_lent_as_wished(string copy, bool copied)
    {
        Guest.Require();
        var pool = new FramePool();
        using (var source = VividCamera.Open($"{Uri}&{copy}", pool))
        {
            using var frame = VividCamera.Read(source);
            Assert.Equal(copied ? 1 : 0, pool.Rented);
            Assert.EndsWith(copied ? "copied" : "lent", source.ToString(), StringComparison.Ordinal);
        }

        Assert.Equal(0, pool.Rented);
    }

    [Fact]
    public void A_frame_outlives_its_camera_and_the_camera_opens_again_meanwhile()
    {
        Guest.Require();
        var pool = new FramePool();
        var before = Left.Now();
        var source = VividCamera.Open(Uri + "&copy=never", pool);
        var kept = VividCamera.Read(source);
        source.Dispose();
        var sum = Sum(kept);
        using (var again = VividCamera.Open(Uri + "&copy=never", pool)) VividCamera.Read(again).Dispose();
        Assert.Equal(sum, Sum(kept));
        kept.Dispose();
        kept.Dispose();
        Assert.Throws<ObjectDisposedException>(() => kept.Pixels.Length);
        Assert.Equal(before, Left.Now());

        static long Sum(Frame frame)
        {
            var sum = 0L;
            foreach (var value in frame.Pixels) sum += value;
            return sum;
        }
    }

    [Fact]
    public void Two_hundred_openings_leave_nothing_behind()
    {
        Guest.Require();
        var pool = new FramePool();
        Cycle(pool);
        var before = Left.Now();
        for (var i = 0; i < 200; i++) Cycle(pool);
        Assert.Equal(before, Left.Now());
        Assert.Equal(0, pool.Rented);

        static void Cycle(FramePool pool)
        {
            using var source = VividCamera.Open(Uri + "&copy=never", pool);
            VividCamera.Read(source).Dispose();
        }
    }

    [Fact]
    public void Openings_that_fail_leave_nothing_behind()
    {
        Guest.Require();
        using var owner = VividCamera.Open(Uri, new FramePool());
        var before = Left.Now();
        for (var i = 0; i < 50; i++)
        {
            Assert.Throws<CaptureException>(() => VividCamera.Open(Uri, new FramePool()));
            Assert.Throws<CaptureException>(() => VividCamera.Open("v4l2:///dev/video0?width=9999", new FramePool()));
            Assert.Throws<CaptureException>(() => VividCamera.Open("v4l2:///dev/null", new FramePool()));
        }

        Assert.Equal(before, Left.Now());
    }

    [Fact]
    public void Two_cameras_give_frames_side_by_side()
    {
        Guest.Require();
        using var first = VividCamera.Open(Uri, new FramePool());
        using var second = VividCamera.Open("v4l2:platform:vivid-001?width=320&height=180&format=NV12", new FramePool());
        for (var i = 0; i < 25; i++)
        {
            using var a = VividCamera.Read(first);
            using var b = VividCamera.Read(second);
            Assert.Equal((640, 320), (a.Width, b.Width));
        }
    }

    [Fact]
    public async Task A_wish_to_stop_is_seen_while_no_frame_comes()
    {
        Guest.Require();
        using var source = VividCamera.Open(Uri + "&stall=600", new FramePool());
        VividCamera.Read(source).Dispose();
        VividCamera.Set("percentage_of_dropped_buffers", "100");
        try
        {
            using var stop = new CancellationTokenSource();
            var reading = Task.Run(() => Assert.ThrowsAny<OperationCanceledException>(() => { while (source.TryRead(out var frame, stop.Token)) frame.Dispose(); }), TestContext.Current.CancellationToken);
            await stop.CancelAsync();
            await reading.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        }
        finally
        {
            VividCamera.Set("percentage_of_dropped_buffers", "0");
        }
    }

    [Fact]
    public void Controls_of_the_configuration_are_set_when_the_camera_opens()
    {
        Guest.Require();
        var controls = new WantedControls("door", [KeyValuePair.Create("brightness", "77")], NullLogger.Instance);
        using (var source = VividCamera.Open(Uri, new FramePool(), controls: controls))
        {
            VividCamera.Read(source).Dispose();
            Assert.Equal("77", controls.Read().Single(static c => c.Key.Name == "brightness").Value);
            Assert.Equal(ControlStatus.Set, controls.Set("brightness", "128").Status);
        }

        Assert.Empty(controls.Read());
    }
}
