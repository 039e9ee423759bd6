using EdgeVision.Capture.Kernel;
using EdgeVision.Capture.V4l2;
using EdgeVision.Frames;

namespace EdgeVision.IntegrationTests.Capture.V4l2;

/// <summary>What drivers' answers mean.</summary>
public sealed class V4l2AnswerTests
{
    public static TheoryData<string, uint, uint, uint, YuvEncoding> Colours => new()
    {
        // row, V4L2_COLORSPACE_*, V4L2_YCBCR_ENC_*, V4L2_QUANTIZATION_*
        { "a webcam", 8, 0, 0, YuvEncoding.Bt601Limited },
        { "nothing said", 0, 0, 0, YuvEncoding.Bt601Limited },
        { "television", 1, 0, 0, YuvEncoding.Bt601Limited },
        { "HD", 3, 0, 0, YuvEncoding.Bt709Limited },
        { "JPEG", 7, 0, 0, YuvEncoding.Bt601Full },
        { "JPEG, told to be limited", 7, 0, 2, YuvEncoding.Bt601Limited },
        { "a webcam of full range", 8, 1, 1, YuvEncoding.Bt601Full },
        { "sRGB by 709", 8, 2, 2, YuvEncoding.Bt709Limited },
        { "HD of full range", 3, 0, 1, YuvEncoding.Bt709Full },
        { "HD by 601", 3, 1, 0, YuvEncoding.Bt601Limited },
        { "xvYCC 709", 3, 4, 0, YuvEncoding.Bt709Limited },
        { "BT.2020", 10, 0, 0, YuvEncoding.Bt709Limited },
        { "noise", 77, 78, 79, YuvEncoding.Bt601Limited },
    };

    [Theory]
    [MemberData(nameof(Colours))]
    public void Colours_are_those_the_driver_means(string row, uint colorspace, uint encoding, uint quantization, YuvEncoding expected) =>
        Assert.True(expected == CaptureLayout.ToYuv(colorspace, encoding, quantization), row);

    public static TheoryData<string, string, uint, uint, uint, uint, string> Layouts => new()
    {
        // row, format, width, height, bytesperline, sizeimage, stride or reason
        { "plain", "YUYV", 640, 480, 1280, 614400, "1280" },
        { "padded", "YUYV", 640, 480, 1344, 645120, "1344" },
        { "no stride given", "NV12", 640, 480, 0, 460800, "640" },
        { "odd", "GREY", 63, 47, 64, 3008, "64" },
        { "three bytes", "BGR3", 33, 10, 99, 990, "99" },
        { "compressed", "MJPG", 1920, 1080, 0, 4147200, "0" },
        { "rows too short", "YUYV", 640, 480, 1279, 614400, "YUYV 640×480 with 1279 bytes a row makes no sense" },
        { "frames too short", "NV12", 640, 480, 640, 460799, "NV12 640×480 with 640 bytes a row needs 460800 bytes, and its frames have 460799" },
        { "no frames", "MJPG", 640, 480, 0, 0, "frames of 0 bytes make no sense" },
        { "a negative stride", "YUYV", 640, 480, 0xffff_fb00, 614400, "with 4294966016 bytes a row makes no sense" },
        { "no width", "YUYV", 0, 480, 0, 614400, "0×480 is no size of a picture" },
        { "too wide", "YUYV", 16385, 480, 0, 614400, "16385×480 is no size of a picture" },
        { "the widest", "GREY", 16384, 16384, 16384, 1 << 28, "16384" },
        { "too much", "GREY", 16384, 16384, 1 << 17, 1 << 28, "makes no sense" },
    };

    [Theory]
    [MemberData(nameof(Layouts))]
    public void A_layout_is_read_or_refused_with_its_reason(string row, string format, uint width, uint height, uint stride, uint size, string expected)
    {
        var answer = new V4l2Abi.Format { Type = V4l2Abi.TypeCapture };
        (answer.Pix.Width, answer.Pix.Height, answer.Pix.PixelFormat) = (width, height, V4l2Formats.Find(format)!.Value.Value);
        (answer.Pix.BytesPerLine, answer.Pix.SizeImage, answer.Pix.Field) = (stride, size, V4l2Abi.FieldNone);
        var isRead = CaptureLayout.TryRead(answer, out var layout, out var reason);
        Assert.Contains(expected, isRead ? FormattableString.Invariant($"{layout.Frame.Stride}") : reason!, StringComparison.Ordinal);
        Assert.True(isRead == char.IsAsciiDigit(expected[^1]) || row == "frames too short", row);
    }

    [Fact]
    public void Halves_of_pictures_and_unknown_formats_are_refused()
    {
        var answer = new V4l2Abi.Format { Type = V4l2Abi.TypeCapture };
        (answer.Pix.Width, answer.Pix.Height, answer.Pix.PixelFormat, answer.Pix.SizeImage, answer.Pix.Field) = (64, 48, FourCc.Yuyv.Value, 6144, 7);
        Assert.False(CaptureLayout.TryRead(answer, out _, out var reason));
        Assert.Contains("halves", reason, StringComparison.Ordinal);
        (answer.Pix.PixelFormat, answer.Pix.Field) = (0x34363248, 1);
        Assert.False(CaptureLayout.TryRead(answer, out _, out reason));
        Assert.Equal("the format H264 is not read here", reason);
    }

    [Theory]
    [InlineData("YUYV", "YUYV")]
    [InlineData("Y16", "Y16")]
    [InlineData("8", "8")]
    public void Four_letters_are_read_and_written(string text, string shown)
    {
        Assert.True(FourCc.TryParse(text, out var code));
        Assert.Equal(shown, code.ToString());
        Assert.Equal(shown + "-BE", new FourCc(code.Value | 0x8000_0000).ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("ABCDE")]
    [InlineData("Ä")]
    [InlineData("A\nB")]
    public void What_is_no_four_letters_is_refused(string text) => Assert.False(FourCc.TryParse(text, out _));

    [Fact]
    public void Letters_of_a_broken_driver_do_not_reach_a_terminal() => Assert.Equal("????", new FourCc(0x0a1b_0100).ToString());

    [Fact]
    public void Nodes_that_are_none_are_told_with_the_fix()
    {
        Assert.StartsWith("There is no camera '/dev/video9999': ", Open("/dev/video9999"), StringComparison.Ordinal);
        Assert.StartsWith("'/dev/null' is no video device; ", Open("/dev/null"), StringComparison.Ordinal);
        using var folder = new TemporaryFolder();
        folder.Write("file", [1, 2, 3]);
        Assert.Contains("is no video device", Open(Path.Combine(folder.Path, "file")), StringComparison.Ordinal);

        static string Open(string path)
        {
            Assert.False(V4l2Device.TryOpen(path, out _, out var error));
            Assert.DoesNotContain('\n', error);
            return error;
        }
    }

    [Fact]
    public void A_node_that_this_user_may_not_open_is_told_with_its_group()
    {
        foreach (var path in (string[])["/dev/null", "/dev/tty"])
        {
            var told = V4l2Failure.OfOpen(path, Errno.EACCES);
            Assert.StartsWith($"This user ({Environment.UserName}) may not open '{path}'; it belongs to ", told, StringComparison.Ordinal);
            var group = DeviceNode.Look(path)!;
            Assert.Contains(group.GroupId == 0 ? "root alone" : $"the group {group.Group} ({group.GroupId}): run sudo usermod -aG {group.Group} ", told, StringComparison.Ordinal);
        }

        Assert.Contains("start it with --device /dev/video0", V4l2Failure.OfOpen("/dev/video0", Errno.EPERM), StringComparison.Ordinal);
    }
}
