using EdgeVision.Capture.V4l2;
using EdgeVision.Frames;

namespace EdgeVision.DeviceTests.V4l2;

/// <summary>vivid's colour bars in every format, of one plane and of several: right colours mean right planes, strides and ranges.</summary>
public sealed class V4l2FormatTests
{
    /// <summary>vivid's 75 % bars: white, yellow, cyan, green, magenta, red, blue, black.</summary>
    private static readonly (int R, int G, int B)[] Bars = [(191, 191, 191), (191, 191, 0), (0, 191, 191), (0, 191, 0), (191, 0, 191), (191, 0, 0), (0, 0, 191), (0, 0, 0)];

    public static TheoryData<string, string, PixelFormat> Formats => new()
    {
        { "/dev/video0", "YUYV", PixelFormat.Yuyv },
        { "/dev/video0", "UYVY", PixelFormat.Uyvy },
        { "/dev/video0", "NV12", PixelFormat.Nv12 },
        { "/dev/video0", "NV21", PixelFormat.Nv21 },
        { "/dev/video0", "YU12", PixelFormat.I420 },
        { "/dev/video0", "GREY", PixelFormat.Grey8 },
        { "/dev/video0", "RGB3", PixelFormat.Rgb24 },
        { "/dev/video0", "BGR3", PixelFormat.Bgr24 },
        { "/dev/video2", "YUYV", PixelFormat.Yuyv },
        { "/dev/video2", "NV12", PixelFormat.Nv12 },
        { "/dev/video2", "NM12", PixelFormat.Nv12 },
        { "/dev/video2", "NM21", PixelFormat.Nv21 },
        { "/dev/video2", "YM12", PixelFormat.I420 },
    };

    [Theory]
    [MemberData(nameof(Formats))]
    public void Colours_are_where_they_belong(string node, string format, PixelFormat pixels)
    {
        Guest.Require();
        VividCamera.Set("test_pattern", "75% Colorbar", node);
        var pool = new FramePool();
        using (var source = VividCamera.Open($"v4l2://{node}?format={format}", pool))
        {
            Assert.Contains(format, source.ToString(), StringComparison.Ordinal);
            for (var i = 0; i < 3; i++)
            {
                using var frame = VividCamera.Read(source);
                Assert.Equal(pixels, frame.Format.Pixels);
                for (var bar = 0; bar < Bars.Length; bar++) CheckBar(frame, bar);
            }
        }

        Assert.Equal(0, pool.Rented);
    }

    [Fact]
    public void What_the_camera_offers_is_read()
    {
        Guest.Require();
        using var device = V4l2Device.Open(VividCamera.Node);
        Assert.Equal(("vivid", "vivid", VividCamera.Place, true, true), (device.Driver, device.Name, device.BusInfo, device.CanCapture, device.CanStream));
        var offer = device.ReadOffer();
        Assert.True(offer.Formats.Count > 40, $"{offer.Formats.Count} formats");
        var yuyv = offer.Formats.Single(static f => f.Code == FourCc.Yuyv);
        Assert.Equal("YUYV 4:2:2", yuyv.Description);
        Assert.Contains(yuyv.Sizes, static s => s.Width.Max == 640 && s.Height.Max == 480 && s.MaxFps >= 25);
        Assert.DoesNotContain(offer.Formats, static f => f.Code == FourCc.Mjpg);
    }

    [Fact]
    public void What_the_camera_does_not_offer_is_told_with_what_it_does()
    {
        Guest.Require();
        var refused = Assert.Throws<CaptureException>(() => VividCamera.Open("v4l2:///dev/video0?width=641&format=YUYV", new FramePool()));
        Assert.StartsWith("The camera /dev/video0 (vivid, vivid, platform:vivid-000) cannot be used so: it does not offer YUYV 641×any; it offers ", refused.Message, StringComparison.Ordinal);
        Assert.Contains("YUYV 320×180", refused.Message, StringComparison.Ordinal);
        Assert.Contains("which this version does not read", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public void Without_a_wish_a_raw_picture_of_usual_size_is_taken()
    {
        Guest.Require();
        var pool = new FramePool();
        using var source = VividCamera.Open("v4l2:///dev/video0", pool);
        using var frame = VividCamera.Read(source);
        Assert.Equal((PixelFormat.Yuyv, 640, 480), (frame.Format.Pixels, frame.Width, frame.Height));
        Assert.Contains("YUYV 640×480 at 25 fps, 5 buffers", source.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_rate_that_the_camera_does_not_reach_is_told()
    {
        Guest.Require();
        using var source = VividCamera.Open("v4l2:///dev/video0?width=1280&height=720&fps=25", new FramePool());
        Assert.Contains("1280×720 at 12.5 fps (25 wished)", source.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_part_of_the_picture_is_taken_where_the_driver_can()
    {
        Guest.Require();
        var pool = new FramePool();
        using (var source = VividCamera.Open("v4l2:///dev/video2?format=YUYV&crop=320,180,640,360", pool))
        using (var frame = VividCamera.Read(source))
        {
            Assert.Equal((640, 360), (frame.Width, frame.Height));
            Assert.Contains("crop 320,180,640,360", source.ToString(), StringComparison.Ordinal);
        }

        // Without the wish the whole is back, whoever cropped it.
        using var whole = VividCamera.Open("v4l2:///dev/video2?format=YUYV", pool);
        using var full = VividCamera.Read(whole);
        Assert.True(full.Width >= 1280, $"{full.Width} wide");
    }

    [Fact]
    public void A_camera_that_cannot_crop_says_so()
    {
        Guest.Require();
        var refused = Assert.Throws<CaptureException>(() => VividCamera.Open("v4l2:///dev/video0?crop=0,0,320,240", new FramePool()));
        Assert.Contains("cannot crop", refused.Message, StringComparison.Ordinal);
    }

    private static void CheckBar(Frame frame, int bar)
    {
        // The middle of the bar, below the text that vivid writes over the picture.
        var (x, y) = (((2 * bar) + 1) * frame.Width / 16, frame.Height * 7 / 8);
        var (r, g, b) = Colours.At(frame, x, y);
        var wanted = Bars[bar];
        if (frame.Format.Pixels is PixelFormat.Grey8)
        {
            var luma = (int)((0.299 * wanted.R) + (0.587 * wanted.G) + (0.114 * wanted.B));
            wanted = (luma, luma, luma);
        }

        var off = Math.Max(Math.Abs(r - wanted.R), Math.Max(Math.Abs(g - wanted.G), Math.Abs(b - wanted.B)));
        Assert.True(off <= 24, $"Bar {bar} of {frame.Format} at {x}, {y} is {r}, {g}, {b}, and {wanted} was expected.");
    }
}
