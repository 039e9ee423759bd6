using EdgeVision.Capture.V4l2;

namespace EdgeVision.IntegrationTests.Capture.V4l2;

public sealed class V4l2NegotiationTests
{
    /// <summary>A usual webcam of USB 2: raw is fast only when small, JPEG is fast always. Rates and sizes as such cameras list them.</summary>
    private static readonly CameraOffer Webcam = new(
    [
        Format(FourCc.Mjpg, (1920, 1080, [30]), (1280, 720, [30, 15]), (640, 480, [30, 15]), (320, 240, [30])),
        Format(FourCc.Yuyv, (1920, 1080, [5]), (1280, 720, [10, 5]), (640, 480, [30, 15, 5]), (320, 240, [30])),
    ]);

    /// <summary>Of USB 3: raw at any size.</summary>
    private static readonly CameraOffer FastWebcam = new([Format(FourCc.Yuyv, (1920, 1080, [60, 30]), (1280, 720, [60, 30]), (640, 480, [120, 60])), Format(FourCc.Mjpg, (1920, 1080, [60]))]);

    /// <summary>Raw only small: what a bus shared with others leaves.</summary>
    private static readonly CameraOffer NarrowWebcam = new([Format(FourCc.Yuyv, (640, 480, [5]), (160, 120, [30])), Format(FourCc.Mjpg, (1280, 720, [30]), (640, 480, [30]))]);

    /// <summary>A camera interface of a board: any size in steps, rates unknown.</summary>
    private static readonly CameraOffer Board = new(
        [new OfferedFormat(FourCc.Nv12, "", V4l2Formats.ToPixels(FourCc.Nv12), false, false, [new OfferedSize(new OfferedRange(16, 3280, 2), new OfferedRange(16, 2464, 2), [])])]);

    private static readonly CameraOffer Thermal = new([Format(FourCc.Grey, (256, 192, [25])), Format(new FourCc(0x20363159), (256, 192, [25]))]);

    private static readonly CameraOffer Ntsc = new([new OfferedFormat(FourCc.Uyvy, "", V4l2Formats.ToPixels(FourCc.Uyvy), false, false,
        [new OfferedSize(OfferedRange.Single(720), OfferedRange.Single(480), [new OfferedRate(new FrameInterval(1001, 30000), new FrameInterval(1001, 30000))])])]);

    /// <summary>All rates from 1 to 60.</summary>
    private static readonly CameraOffer Industrial = new([new OfferedFormat(FourCc.Bgr3, "", V4l2Formats.ToPixels(FourCc.Bgr3), false, false,
        [new OfferedSize(OfferedRange.Single(1280), OfferedRange.Single(720), [new OfferedRate(new FrameInterval(1, 60), new FrameInterval(1, 1))])])]);

    private static readonly CameraOffer NoSizes = new([new OfferedFormat(FourCc.Yuyv, "", V4l2Formats.ToPixels(FourCc.Yuyv), false, false, [])]);

    public static TheoryData<string, CameraOffer, V4l2Wish, string> Choices => new()
    {
        { "raw at 640 × 480 before JPEG at 1280 × 720", Webcam, Any, "YUYV 640×480 30" },
        { "raw at 1280 × 720 where it is fast enough", FastWebcam, Any, "YUYV 1280×720 30" },
        { "JPEG where raw is slow or tiny", NarrowWebcam, Any, "MJPG 1280×720 30" },
        { "a size for which raw is too slow", Webcam, Any with { Width = 1280, Height = 720 }, "MJPG 1280×720 30" },
        { "a size and a slow rate: raw reaches it", Webcam, Any with { Width = 1280, Height = 720, Fps = 10 }, "YUYV 1280×720 10" },
        { "a format is kept to, however slow", Webcam, Any with { Width = 1920, Height = 1080, Format = FourCc.Yuyv }, "YUYV 1920×1080 5" },
        { "a format alone", Webcam, Any with { Format = FourCc.Mjpg }, "MJPG 1280×720 30" },
        { "a rate alone", Webcam, Any with { Fps = 5 }, "YUYV 1280×720 5" },
        { "a rate that only small pictures reach", FastWebcam, Any with { Fps = 120 }, "YUYV 640×480 120" },
        { "a rate that nothing reaches: the fastest", Webcam, Any with { Fps = 90 }, "YUYV 640×480 30" },
        { "a width alone", Webcam, Any with { Width = 320 }, "YUYV 320×240 30" },
        { "a height alone", Webcam, Any with { Height = 1080 }, "MJPG 1920×1080 30" },
        { "a range of sizes: the usual one", Board, Any, "NV12 1280×720 –" },
        { "a range of sizes: the wished one", Board, Any with { Width = 1000, Height = 600, Fps = 20 }, "NV12 1000×600 20" },
        { "a crop is not scaled", Board, Any with { Crop = new SourceRectangle(100, 100, 800, 300) }, "NV12 800×300 –" },
        { "formats that are not read are passed over", Thermal, Any, "GREY 256×192 25" },
        { "29.97 passes for 30", Ntsc, Any with { Fps = 30 }, "UYVY 720×480 29.97" },
        { "any rate: the wished one", Industrial, Any with { Fps = 12.5 }, "BGR3 1280×720 12.5" },
        { "any rate: the usual one", Industrial, Any, "BGR3 1280×720 30" },
        { "any rate: below all", Industrial, Any with { Fps = 0.5 }, "BGR3 1280×720 1" },
        { "sizes that are not listed", NoSizes, Any with { Width = 800, Height = 600 }, "YUYV 800×600 –" },
    };

    [Theory]
    [MemberData(nameof(Choices))]
    public void The_best_of_what_is_offered_is_chosen(string row, CameraOffer offer, V4l2Wish wish, string expected)
    {
        Assert.True(V4l2Negotiation.TryChoose(offer, wish, out var choice, out var reason), $"{row}: {reason}");
        Assert.Equal(expected, FormattableString.Invariant($"{choice.Code} {choice.Width}×{choice.Height} {(choice.Interval is { } interval ? interval.ToString() : "–")}"));
    }

    public static TheoryData<string, CameraOffer, V4l2Wish, string> Impossible => new()
    {
        { "a size", Webcam, Any with { Width = 800, Height = 600 }, "it does not offer 800×600" },
        { "a width", Webcam, Any with { Width = 641 }, "it does not offer 641×any" },
        { "a format", Webcam, Any with { Format = FourCc.Nv12 }, "it does not offer NV12" },
        { "a size in a format", Webcam, Any with { Format = FourCc.Yuyv, Width = 800, Height = 600, Fps = 25 }, "it does not offer YUYV 800×600 at 25 fps" },
        { "odd in steps of two", Board, Any with { Width = 1001, Height = 600 }, "it does not offer 1001×600" },
        { "nothing offered", new CameraOffer([]), Any, "it offers no format that can be read" },
    };

    [Theory]
    [MemberData(nameof(Impossible))]
    public void A_wish_that_cannot_be_met_is_told(string row, CameraOffer offer, V4l2Wish wish, string expected)
    {
        Assert.False(V4l2Negotiation.TryChoose(offer, wish, out _, out var reason), row);
        Assert.Equal(expected, reason);
    }

    [Fact]
    public void An_offer_is_one_clause()
    {
        Assert.Equal("MJPG 1920×1080 at 30 fps, 1280×720 at 30, 15 fps, 640×480 at 30, 15 fps, 320×240 at 30 fps; YUYV 1920×1080 at 5 fps, 1280×720 at 10, 5 fps, 640×480 at 30, 15, 5 fps, 320×240 at 30 fps", Webcam.ToString());
        Assert.Equal("GREY 256×192 at 25 fps; and Y16, which this version does not read", Thermal.ToString());
        Assert.Equal("NV12 16…3280×16…2464", Board.ToString());
        Assert.Equal("no format at all", new CameraOffer([]).ToString());
    }

    private static V4l2Wish Any => new() { Device = "/dev/video0" };

    private static OfferedFormat Format(FourCc code, params (int Width, int Height, uint[] Fps)[] sizes) => new(code, "", V4l2Formats.ToPixels(code), code == FourCc.Mjpg, false,
        [.. sizes.Select(static s => new OfferedSize(OfferedRange.Single(s.Width), OfferedRange.Single(s.Height), [.. s.Fps.Select(static fps => new OfferedRate(new FrameInterval(1, fps), new FrameInterval(1, fps)))]))]);
}
