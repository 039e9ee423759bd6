using EdgeVision.Capture.Ffmpeg;
using EdgeVision.Frames;

namespace EdgeVision.IntegrationTests.Capture.Ffmpeg;

public sealed class FfmpegCommandTests
{
    [Fact]
    public void The_address_and_the_password_stand_on_standard_input_alone()
    {
        var command = FfmpegCommand.For(FfmpegComplaintTests.Request("rtsp://me@cam:8554/s?x=1#stall=4"), "it's: p@ss");

        Assert.Equal(
            """
            ffconcat version 1.0
            file 'rtsp://me:it%27s%3A%20p%40ss@cam:8554/s?x=1'
            option protocol_whitelist rtp,rtsp,tcp,udp,tls
            option fpsprobesize 0
            option timeout 6000000
            option rtsp_transport tcp
            option allowed_media_types video

            """.ReplaceLineEndings("\n"),
            command.Input);
        Assert.DoesNotContain(command.Arguments, a => a.Contains("cam", StringComparison.Ordinal) || a.Contains("p%40ss", StringComparison.Ordinal));
        Assert.DoesNotContain("cam", command.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Quotes_of_an_address_do_not_end_it()
    {
        var command = FfmpegCommand.For(FfmpegComplaintTests.Request(@"http://cam/a'b\c'"), null);

        Assert.Contains("file 'http://cam/a'\\''b\\c'\\'''\n", command.Input, StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string[], string[]> Commands => new()
    {
        // row, URI, arguments in a row, lines of the list
        { "UDP", "rtsp://cam/s#transport=udp", ["-flags", "low_delay"], ["option rtsp_transport udp"] },
        { "live: a change of size is seen", "rtsp://cam/s", ["-autoscale", "0"], [] },
        { "HTTP", "http://cam/v", ["-protocol_whitelist", "pipe,http,https,tcp,tls,crypto,httpproxy", "-safe", "0", "-f", "concat", "-i", "pipe:0"], ["option rw_timeout 15000000", "option protocol_whitelist http,https,tcp,tls,crypto,httpproxy"] },
        { "a certificate is checked", "https://cam/v", ["-map", "0:v:0"], ["option tls_verify 1"] },
        { "or not", "https://cam/v#verify=false", ["-map", "0:v:0"], ["option tls_verify 0"] },
        { "a file", "file:/-i evil.mp4", ["-i", "file:/-i evil.mp4"], [] },
        { "a file opens nothing else", "file:/a.mkv", ["-protocol_whitelist", "file"], [] },
        { "a recording keeps its size", "file:/a.mkv", ["-autoscale", "1"], [] },
        { "scaled in shape", "file:/a.mkv?width=320", ["-vf", "scale=w=320:h=-2,format=pix_fmts=yuv420p|yuvj420p|nv12|nv21|yuv422p|yuvj422p|yuv444p|yuvj444p|yuyv422|uyvy422|gray|bgr24|rgb24|bgra|rgba"], [] },
        { "hardware", "file:/a.mkv?hwaccel=vaapi", ["-hwaccel", "vaapi"], [] },
        { "hardware of V4L2", "rtsp://cam/s#hwaccel=v4l2m2m", ["-c:v", "h264_v4l2m2m"], [] },
    };

    [Theory]
    [MemberData(nameof(Commands))]
    public void Options_become_arguments(string row, string uri, string[] arguments, string[] lines)
    {
        var command = FfmpegCommand.For(FfmpegComplaintTests.Request(uri), null);

        Assert.True($" {string.Join('|', command.Arguments)}|".Contains(string.Join('|', arguments) + "|", StringComparison.Ordinal), $"{row}: {command}");
        Assert.All(lines, line => Assert.Contains(line + "\n", command.Input, StringComparison.Ordinal));
    }

    [Fact]
    public void A_missing_ffmpeg_is_one_sentence_with_the_package()
    {
        var error = Assert.Throws<CaptureException>(() => FfmpegProgram.Find(name => name == "PATH" ? "/nowhere:/no/where" : null));

        Assert.Equal("ffmpeg is not installed, which plays streams and video files; install it (apt-get install ffmpeg), or name the program in EDGEVISION_FFMPEG.", error.Message);
    }

    [Fact]
    public void The_environment_names_another_one()
    {
        using var folder = new TempFolder();
        var program = folder.Write("ffmpeg7", []);

        Assert.Equal(program, FfmpegProgram.Find(name => name == FfmpegProgram.Variable ? program : null).Ffmpeg);
        Assert.Contains($"EDGEVISION_FFMPEG names '{program}x', where no file is", Assert.Throws<CaptureException>(() => FfmpegProgram.Find(name => name == FfmpegProgram.Variable ? program + "x" : null)).Message, StringComparison.Ordinal);
    }
}
