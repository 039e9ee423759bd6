using System.Diagnostics;
using EdgeVision.Capture.V4l2;
using EdgeVision.Capture.V4l2.Controls;
using EdgeVision.Frames;

namespace EdgeVision.DeviceTests.V4l2;

/// <summary>What happens to cameras: pulled out, held by others, silent, broken. Each is one sentence, and afterwards the camera opens again.</summary>
public sealed class V4l2LifeTests
{
    private const string Uri = "v4l2:///dev/video0?width=640&height=480&format=YUYV&fps=25&stall=2";

    [Fact]
    public void A_camera_pulled_out_in_mid_stream_is_gone_and_comes_back()
    {
        Guest.Require();
        var pool = new FramePool();
        var before = Left.Now();
        for (var round = 0; round < 5; round++)
        {
            using (VividCamera.Unplugged held = new())
            {
                using (var source = VividCamera.Open("v4l2:" + VividCamera.Place + "?fps=25", pool))
                {
                    using var frame = VividCamera.Read(source);
                    held.Unbind();
                    Assert.Equal($"The camera {VividCamera.Node} (vivid, vivid, {VividCamera.Place}) is gone: it was unplugged or its driver was unloaded; plug it in again, it is opened again by itself.", Fails(source).Message);
                }

                Assert.Equal(
                    $"No camera is plugged in at '{VividCamera.Place}': no camera is there; plug it in there, or name one of these (v4l2:///dev/video0 by its node, v4l2:usb-… by its place).",
                    Refused("v4l2:" + VividCamera.Place));
                Assert.Equal("There is no camera '/dev/video0': no camera is there; plug it in, name one of these, or pass the device into the container (--device /dev/video0).", Refused(Uri));
            }

            using var again = VividCamera.Open(Uri, pool);
            VividCamera.Read(again).Dispose();
        }

        Assert.Equal(before, Left.Now());
        Assert.Equal(0, pool.Rented);
    }

    [Fact]
    public void A_camera_that_comes_back_under_another_number_is_found_by_its_place()
    {
        Guest.Require();
        const string byPlace = "v4l2:" + VividCamera.Place + "?fps=25";
        using (VividCamera.Unplugged held = new())
        {
            using var source = VividCamera.Open(byPlace, new FramePool());
            VividCamera.Read(source).Dispose();
            held.Unbind();
            Fails(source);
            // Whoever still holds the old node keeps its number.
            held.Bind();
            Assert.False(File.Exists(VividCamera.Node));
            using (var moved = VividCamera.Open(byPlace, new FramePool()))
            {
                VividCamera.Read(moved).Dispose();
                Assert.DoesNotContain(VividCamera.Node + " ", moved.ToString(), StringComparison.Ordinal);
            }

            held.Unbind();
        }

        using var home = VividCamera.Open(Uri, new FramePool());
        VividCamera.Read(home).Dispose();
    }

    [Fact]
    public void A_camera_that_falls_silent_is_told_after_its_time()
    {
        Guest.Require();
        using var source = VividCamera.Open(Uri, new FramePool());
        VividCamera.Read(source).Dispose();
        VividCamera.Set("percentage_of_dropped_buffers", "100");
        try
        {
            Assert.Equal($"The camera {VividCamera.Node} (vivid, vivid, {VividCamera.Place}) gave no frame for 2 s; check its cable and power, or raise stall in its address if it is that slow.", Fails(source).Message);
        }
        finally
        {
            VividCamera.Set("percentage_of_dropped_buffers", "0");
        }
    }

    [Fact]
    public void Frames_that_the_driver_loses_are_counted()
    {
        Guest.Require();
        var counters = new CaptureCounters();
        using var source = VividCamera.Open(Uri, new FramePool(), counters);
        VividCamera.Set("percentage_of_dropped_buffers", "40");
        try
        {
            long last = 0, read = 0;
            while (read < 60)
            {
                using var frame = VividCamera.Read(source);
                (last, read) = (frame.Sequence, read + 1);
            }

            Assert.InRange(counters.Missed, 5, 200);
            Assert.Equal(last - read, counters.Missed);
        }
        finally
        {
            VividCamera.Set("percentage_of_dropped_buffers", "0");
        }
    }

    [Fact]
    public void Damaged_frames_are_left_out_and_counted()
    {
        Guest.Require();
        var counters = new CaptureCounters();
        using var source = VividCamera.Open(Uri, new FramePool(), counters);
        for (var i = 0; i < 3; i++)
        {
            VividCamera.Read(source).Dispose();
            VividCamera.Set("inject_v4l2_buf_flag_error", "press");
            for (var frame = 0; frame < 10; frame++) VividCamera.Read(source).Dispose();
        }

        Assert.Equal((3, 0), (counters.Corrupted, counters.Missed));
    }

    [Fact]
    public void A_driver_that_gives_up_is_told_and_opens_again()
    {
        Guest.Require();
        using (var source = VividCamera.Open(Uri, new FramePool()))
        {
            VividCamera.Read(source).Dispose();
            VividCamera.Set("inject_fatal_streaming_error", "press");
            Assert.Contains("has failed (EIO): its driver gave the stream up", Fails(source).Message, StringComparison.Ordinal);
        }

        using var again = VividCamera.Open(Uri, new FramePool());
        VividCamera.Read(again).Dispose();
    }

    [Theory]
    [InlineData("inject_vidioc_reqbufs_error")]
    [InlineData("inject_vidioc_qbuf_error")]
    [InlineData("inject_vidioc_streamon_error")]
    public void A_driver_that_refuses_to_start_is_told_and_leaves_nothing_behind(string control)
    {
        Guest.Require();
        using var device = V4l2Device.Open(VividCamera.Node);
        if (new CameraControls(device).All.All(c => c.Name != control)) Assert.Skip($"This vivid has no control {control}.");
        var before = Left.Now();
        VividCamera.Set(control, "press");
        var refused = Assert.Throws<CaptureException>(() =>
        {
            using var source = VividCamera.Open(Uri, new FramePool());
            VividCamera.Read(source).Dispose();
        });
        Assert.Contains(" refuses ", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, Left.Now());
        using var again = VividCamera.Open(Uri, new FramePool());
        VividCamera.Read(again).Dispose();
    }

    [Fact]
    public void A_camera_held_by_another_camera_of_this_node_is_busy()
    {
        Guest.Require();
        using var owner = VividCamera.Open(Uri, new FramePool());
        Assert.Equal("The camera '/dev/video0' is busy: another camera of this node or a process of another user holds it; stop that, or name another camera.", Refused(Uri));
    }

    [Fact]
    public void A_camera_held_by_a_process_names_it_and_opens_when_it_is_killed()
    {
        Guest.Require();
        if (!File.Exists("/usr/bin/ffmpeg")) Assert.Skip("Needs ffmpeg as the other process (apt install ffmpeg).");
        using var other = Process.Start(new ProcessStartInfo("/usr/bin/ffmpeg", ["-nostdin", "-loglevel", "error", "-f", "v4l2", "-i", VividCamera.Node, "-f", "rawvideo", "-"]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        string busy;
        try
        {
            // Once a byte of the picture is there, it streams.
            Assert.Equal(1, other.StandardOutput.BaseStream.ReadAtLeast(new byte[1], 1, throwOnEndOfStream: false));
            busy = Refused(Uri);
        }
        finally
        {
            other.Kill();
            other.WaitForExit();
        }

        Assert.Equal($"The camera '/dev/video0' is busy: ffmpeg (process {other.Id}) holds it; stop that, or name another camera.", busy);
        using var again = VividCamera.Open(Uri, new FramePool());
        VividCamera.Read(again).Dispose();
    }

    [Fact]
    public void A_signal_that_changes_is_told_and_the_new_one_is_taken()
    {
        Guest.Require();
        const string hdmi = "v4l2:///dev/video2?format=YUYV";
        using (var source = VividCamera.Open(hdmi, new FramePool()))
        {
            VividCamera.Read(source).Dispose();
            VividCamera.Set("dv_timings_signal_mode", "No Signal", "/dev/video2");
            try
            {
                Assert.Contains("says that its signal has changed size or rate", Fails(source).Message, StringComparison.Ordinal);
            }
            finally
            {
                VividCamera.Set("dv_timings_signal_mode", "Current DV Timings", "/dev/video2");
            }
        }

        using var again = VividCamera.Open(hdmi, new FramePool());
        VividCamera.Read(again).Dispose();
    }

    [Theory]
    [InlineData("v4l2:///dev/video99", "There is no camera '/dev/video99': there are /dev/video0 (vivid, platform:vivid-000), ")]
    [InlineData("v4l2:///dev/null", "'/dev/null' is no video device; there are /dev/video0 (vivid, ")]
    [InlineData("v4l2:///dev/video11", "'/dev/video11' (")]
    [InlineData("v4l2:usb-0000:00:14.0-1", "No camera is plugged in at 'usb-0000:00:14.0-1': there are /dev/video0 (vivid, ")]
    public void A_camera_that_is_none_is_told_with_those_that_are(string uri, string says)
    {
        Guest.Require();
        var message = Refused(uri);
        Assert.StartsWith(says, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    private static string Refused(string uri) => Assert.Throws<CaptureException>(() => VividCamera.Open(uri, new FramePool())).Message;

    /// <summary>Frames that are still in the queue come first.</summary>
    private static CaptureException Fails(V4l2Source source) => Assert.Throws<CaptureException>(() =>
    {
        for (var i = 0; i < 500; i++) VividCamera.Read(source).Dispose();
    });
}
