using System.Text;
using EdgeVision.Capture.Ffmpeg;
using EdgeVision.Frames;

namespace EdgeVision.IntegrationTests.Capture.Ffmpeg;

public sealed class FfmpegWordsTests
{
    private const string Input = "[info] Input #0, avi, from 'x':\n[info]   Stream #0:0: Video: rawvideo (RGB[24] / 0x18424752), rgb24(pc), 64x64, 30 tbn\n";

    public static TheoryData<string, YuvEncoding> Colours => new()
    {
        // As ffmpeg 5.1 says them of its output.
        { "(I420 / 0x30323449), yuv420p(tv, smpte170m, progressive), 320x240 [SAR 1:1 DAR 4:3], q=2-31, 18432 kb/s", YuvEncoding.Bt601Limited },
        { "(I420 / 0x30323449), yuv420p(progressive), 768x576, q=2-31, 53084 kb/s, 10 fps, 1000k tbn", YuvEncoding.Bt601Limited },
        { "(I420 / 0x30323449), yuvj420p(pc, progressive), 64x64 [SAR 1:1 DAR 1:1]", YuvEncoding.Bt601Full },
        { "(I420 / 0x30323449), yuvj420p(pc, bt470bg/unknown/unknown, progressive), 640x480", YuvEncoding.Bt601Full },
        { "(I420 / 0x30323449), yuv420p(tv, bt709, progressive), 1920x1080", YuvEncoding.Bt709Limited },
        { ", 1 reference frame (I420 / 0x30323449), yuv420p(pc, bt709/unknown/unknown, progressive), 1920x1080", YuvEncoding.Bt709Full },
        { "(NV12 / 0x3231564E), nv12(tv, bt2020nc/bt2020/smpte2084, progressive), 3840x2160", YuvEncoding.Bt709Limited },
        { "(I420 / 0x30323449), yuv420p, 64x64", YuvEncoding.Bt601Limited },
    };

    [Theory]
    [MemberData(nameof(Colours))]
    public void Colours_are_those_of_the_output(string said, YuvEncoding expected)
    {
        var words = new FfmpegWords();
        words.Add(Encoding.UTF8.GetBytes(Input));
        Assert.Null(words.Colours);

        words.Add(Encoding.UTF8.GetBytes($"[info] Output #0, nut, to 'pipe:1':\n[info]   Stream #0:0: Video: rawvideo {said}\n"));

        Assert.Equal(expected, words.Colours);
        Assert.Empty(words.Complaints);
    }

    [Fact]
    public void A_change_of_size_is_noticed_and_a_repetition_is_none()
    {
        var words = new FfmpegWords();
        words.Add("[graph 0 input from stream 0:0 @ 0x5631d670ca00] [verbose] w:320 h:240 pixfmt:yuv420p tb:1/90000 fr:20/1 sar:1/1\n"u8);
        words.Add("[graph 0 input from stream 0:0 @ 0x5631d670ca01] [verbose] w:320 h:240 pixfmt:yuv420p tb:1/90000 fr:25/1 sar:1/1\n"u8);
        Assert.Equal(("320x240 yuv420p", null), (words.Decoded, words.ChangedTo));

        words.Add("[graph 0 input from stream 0:0 @ 0x5631d673c4c0] [verbose] w:240 h:320 pixfmt:yuv420p tb:1/90000 fr:20/1 sar:1/1\n"u8);

        Assert.Equal(("320x240 yuv420p", "240x320 yuv420p"), (words.Decoded, words.ChangedTo));
    }

    [Fact]
    public void Complaints_are_kept_without_who_speaks_and_chatter_is_not()
    {
        var words = new FfmpegWords();
        foreach (var piece in "[verbose] hello\n[tcp @ 0x55] [verbose] Starting\n[info] news\r[rtsp @ 0x55] [error] method failed: 401\n\n[warning] hm\nsetpriv: no"u8.ToArray().Chunk(3)) words.Add(piece);

        Assert.Equal(["method failed: 401", "hm"], words.Complaints);
        words.Add("thing\n"u8);
        Assert.Equal(["method failed: 401", "hm", "setpriv: nothing"], words.Complaints);
    }

    [Fact]
    public void It_keeps_little_whatever_comes()
    {
        var words = new FfmpegWords();
        for (var i = 0; i < 1000; i++) words.Add(Encoding.ASCII.GetBytes($"[error] {i} {new string('x', 5000)}\n"));

        Assert.Equal(12, words.Complaints.Count);
        Assert.All(words.Complaints, line => Assert.InRange(line.Length, 900, 1000));
        Assert.StartsWith("999 x", words.Complaints.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public void Any_bytes_are_taken()
    {
        var random = new Random(4);
        var bytes = new byte[300];
        var words = new FfmpegWords();
        string[] pieces = ["[verbose] w:", "input from stream", "Output #", "[info] ", "Video: rawvideo", "), ", "(", " w:", " h:", " pixfmt:", "\n"];
        for (var i = 0; i < 20_000; i++)
        {
            random.NextBytes(bytes);
            words.Add(bytes.AsSpan(0, random.Next(bytes.Length)));
            words.Add(Encoding.UTF8.GetBytes(pieces[random.Next(pieces.Length)]));
        }

        Assert.InRange(words.Complaints.Count, 1, 12);
    }
}
