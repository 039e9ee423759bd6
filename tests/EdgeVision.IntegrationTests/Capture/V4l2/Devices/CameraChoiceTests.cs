using EdgeVision.Capture;
using EdgeVision.Capture.V4l2;
using EdgeVision.Capture.V4l2.Devices;
using EdgeVision.Frames;

namespace EdgeVision.IntegrationTests.Capture.V4l2.Devices;

public sealed class CameraChoiceTests
{
    private static readonly VideoDevice Webcam = new() { Path = "/dev/video2", Links = [], Node = null };

    [Fact]
    public void A_raw_format_that_is_fast_enough_is_taken_for_its_cheapness()
    {
        var choice = Choose(Webcam, Format(FourCc.Mjpg, PixelFormat.Jpeg, 1280, 720, 30), Format(FourCc.Yuyv, PixelFormat.Yuyv, 640, 480, 30));
        Assert.Equal(("YUYV 640×480 at 30 fps", "v4l2:///dev/video2?width=640&height=480&format=YUYV&fps=30"), (choice.Text, choice.Uri));
        Assert.StartsWith("Raw pictures need no decoding", choice.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Slow_raw_formats_make_way_for_a_compressed_one_and_that_is_said()
    {
        var choice = Choose(Webcam, Format(FourCc.Yuyv, PixelFormat.Yuyv, 1280, 720, 5), Format(FourCc.Mjpg, PixelFormat.Jpeg, 1280, 720, 30));
        Assert.Equal("MJPG 1280×720 at 30 fps", choice.Text);
        Assert.StartsWith("Its raw formats are too slow", choice.Reason, StringComparison.Ordinal);
        Assert.Equal("It offers no raw format that can be read.", Choose(Webcam, Format(FourCc.Mjpg, PixelFormat.Jpeg, 640, 480, 30)).Reason);
    }

    [Fact]
    public void The_name_that_stays_is_proposed_and_the_address_can_be_read()
    {
        var choice = Choose(Webcam with { Links = ["/dev/v4l/by-id/usb-046d_HD_Pro-video-index0", "/dev/v4l/by-path/pci-0"] }, Format(FourCc.Yuyv, PixelFormat.Yuyv, 640, 480, 29.97));
        Assert.Equal("v4l2:///dev/v4l/by-id/usb-046d_HD_Pro-video-index0?width=640&height=480&format=YUYV&fps=29.97", choice.Uri);
        Assert.True(CameraUri.TryParse(choice.Uri, "/", out var uri, out var error), error);
        Assert.Equal((640, 480), (uri.Width, uri.Height));
    }

    [Fact]
    public void What_cannot_be_read_is_not_chosen()
    {
        Assert.Null(CameraChoice.Of(Webcam, new CameraOffer([Format(new FourCc(0x34363248), null, 640, 480, 30)]), out var whyNot));
        Assert.Equal("it offers no format that can be read", whyNot);
    }

    private static CameraChoice Choose(VideoDevice device, params OfferedFormat[] formats) => Assert.IsType<CameraChoice>(CameraChoice.Of(device, new CameraOffer(formats), out _));

    private static OfferedFormat Format(FourCc code, PixelFormat? pixels, int width, int height, double fps)
    {
        var interval = FrameInterval.OfFps(fps);
        return new OfferedFormat(code, code.ToString(), pixels, pixels is PixelFormat.Jpeg, false, [new OfferedSize(OfferedRange.Single(width), OfferedRange.Single(height), [new OfferedRate(interval, interval)])]);
    }
}
