using EdgeVision.Capture;
using EdgeVision.Capture.V4l2;

namespace EdgeVision.IntegrationTests.Capture.V4l2;

public sealed class V4l2UriTests
{
    private static V4l2Wish Video0 => new() { Device = "/dev/video0" };

    public static TheoryData<string, string, V4l2Wish> Addresses => new()
    {
        { "a node", "v4l2:///dev/video0", Video0 },
        { "one slash", "v4l2:/dev/video0", Video0 },
        { "four slashes", "V4L2:////dev/video0", Video0 with { Device = "//dev/video0" } },
        { "all of the contract", "v4l2:///dev/video0?width=640&height=480&format=YUYV&fps=25", Video0 with { Width = 640, Height = 480, Format = FourCc.Yuyv, Fps = 25 } },
        { "small letters", "v4l2:///dev/video0?FORMAT=mjpg", Video0 with { Format = FourCc.Mjpg } },
        { "planes apart", "v4l2:///dev/video0?format=NM12", Video0 with { Format = FourCc.Nm12 } },
        { "the maker's number", "v4l2:///dev/v4l/by-id/usb-046d_HD_Pro_Webcam_C920_8AB1-video-index0", Video0 with { Device = "/dev/v4l/by-id/usb-046d_HD_Pro_Webcam_C920_8AB1-video-index0" } },
        { "a place on the bus", "v4l2:usb-0000:00:14.0-1?fps=7.5", Video0 with { Device = "usb-0000:00:14.0-1", Fps = 7.5 } },
        { "a place on a board", "v4l2:platform:3f801000.csi", Video0 with { Device = "platform:3f801000.csi" } },
        { "a blank in the place", "v4l2:platform:my%20camera", Video0 with { Device = "platform:my camera" } },
        { "buffers, patience, copies", "v4l2:///dev/video0?buffers=32&stall=0.5&copy=always", Video0 with { Buffers = 32, Stall = TimeSpan.FromSeconds(0.5), Copy = V4l2Copy.Always } },
        { "no copies", "v4l2:///dev/video0?copy=NEVER", Video0 with { Copy = V4l2Copy.Never } },
        { "a crop", "v4l2:///dev/video0?crop=0,100,640,360", Video0 with { Crop = new SourceRectangle(0, 100, 640, 360) } },
    };

    [Theory]
    [MemberData(nameof(Addresses))]
    public void An_address_is_a_device_and_wishes(string row, string text, V4l2Wish expected)
    {
        Assert.True(CameraUri.TryParse(text, "/srv", out var uri, out var error), $"{row}: {error}");
        Assert.Equal((CameraScheme.V4l2, expected), (uri.Scheme, uri.V4l2));
        Assert.Equal($"camera {expected.Device}", uri.ToString());
        Assert.Equal(!text.Contains("/dev/", StringComparison.Ordinal), expected.IsByBus);
    }

    public static TheoryData<string, string, string> Mistakes => new()
    {
        { "nothing", "v4l2:", "the device is missing; write v4l2:///dev/video0" },
        { "slashes only", "v4l2:///", "the device is missing" },
        { "a host", "v4l2://dev/video0", "two slashes name a host; write three for a device (v4l2:///dev/video0)" },
        { "a line break", "v4l2:///dev/video%0A0", "holds a control character" },
        { "half a pixel", "v4l2:///dev/video0?width=640.5", "width=640.5 is not a whole number from 16 to 16384" },
        { "too high", "v4l2:///dev/video0?height=20000", "height=20000 is not a whole number from 16 to 16384" },
        { "a format that is not read", "v4l2:///dev/video0?format=H264", "format=H264 is not one of YUYV, UYVY, NV12, NV21, YU12, NM12, NM21, YM12, BGR3, RGB3, GREY, MJPG, JPEG" },
        { "too few buffers", "v4l2:///dev/video0?buffers=4", "buffers=4 is not a whole number from 5 to 32" },
        { "no patience", "v4l2:///dev/video0?stall=0", "stall=0 is not a number from 0.5 to 600" },
        { "some copies", "v4l2:///dev/video0?copy=some", "copy=some is not one of auto, never, always" },
        { "three numbers", "v4l2:///dev/video0?crop=0,0,640", "crop=0,0,640 is not left,top,width,height, whole numbers from 0 to 16384" },
        { "a negative one", "v4l2:///dev/video0?crop=-1,0,640,480", "crop=-1,0,640,480 is not left,top,width,height" },
        { "an empty crop", "v4l2:///dev/video0?crop=0,0,640,0", "the width and height of the crop are less than 16 pixels" },
        { "a key of others", "v4l2:///dev/video0?loop=true", "loop is not known here; known are width, height, format, fps, buffers, stall, copy, crop" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_is_told_in_one_sentence(string row, string text, string says)
    {
        Assert.False(CameraUri.TryParse(text, "/srv", out _, out var error), row);
        Assert.Contains(says, error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error);
    }
}
