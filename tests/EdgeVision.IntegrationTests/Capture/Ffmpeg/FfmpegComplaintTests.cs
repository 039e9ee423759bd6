using EdgeVision.Capture;
using EdgeVision.Capture.Ffmpeg;

namespace EdgeVision.IntegrationTests.Capture.Ffmpeg;

public sealed class FfmpegComplaintTests
{
    private const string Secret = "p@ss/w?r:d'%#";
    private const string Url = "rtsp://ad%20min:p%40ss%2Fw%3Fr%3Ad%27%25%23@cam:554/s";
    private const string Whitelist = "rtp,rtsp,tcp,udp,tls";

    /// <summary>What ffmpeg 5.1.9 (Debian 12) really wrote, apart from rows that say otherwise; the part before the text is cut by <see cref="FfmpegWords"/>.</summary>
    public static TheoryData<string, string[], string, string> Said => new()
    {
        // row, lines, what happened, what to do
        { "RTSP: wrong password", ["method DESCRIBE failed: 401 Unauthorized", $"Impossible to open '{Url}'", "pipe:0: Server returned 401 Unauthorized (authorization failed)"], "cam:554 does not know this user and password", "PasswordFile" },
        { "HTTP: wrong password", ["HTTP error 401 Unauthorized", $"Impossible to open '{Url}'", "pipe:0: Server returned 401 Unauthorized (authorization failed)"], "cam:554 does not know this user and password", "PasswordFile" },
        { "RTSP: wrong path", ["method DESCRIBE failed: 404 Not Found", $"Impossible to open '{Url}'", "pipe:0: Server returned 404 Not Found"], "cam:554 has no such stream", "check the path" },
        { "HTTP: wrong path", ["HTTP error 404 File not found", $"Impossible to open '{Url}'", "pipe:0: Server returned 404 Not Found"], "cam:554 has no such stream", "check the path" },
        { "HTTP: forbidden", ["HTTP error 403 Forbidden", $"Impossible to open '{Url}'", "pipe:0: Server returned 403 Forbidden (access denied)"], "lets this user not see the stream", "right to view" },
        { "HTTP: the server's fault", ["HTTP error 500 Internal Server Error", $"Impossible to open '{Url}'", "pipe:0: Server returned 5XX Server Error reply"], "has a fault of its own", "restart the camera" },
        { "RTSP: another transport (by the source text)", ["method SETUP failed: 461 Unsupported transport"], "does not send by this transport", "#transport=udp" },
        { "RTSP: too many viewers (by the source text)", ["method SETUP failed: 453 Not Enough Bandwidth"], "no bandwidth left", "close another viewer" },
        { "nothing listens", ["Connection to tcp://127.0.0.1:18553?timeout=5000000 failed: Connection refused", $"Impossible to open '{Url}'", "pipe:0: Connection refused"], "nothing listens at cam:554", "address and port" },
        { "no such name", ["Failed to resolve hostname nosuch.invalid: Name or service not known", $"Impossible to open '{Url}'", "pipe:0: Input/output error"], "the name cam:554 is not known here", "IP address" },
        { "no way (as refused, with that error)", ["Connection to tcp://10.9.8.7:554?timeout=5000000 failed: No route to host", "pipe:0: No route to host"], "there is no way to cam:554", "network" },
        { "silent", [$"Impossible to open '{Url}'", "pipe:0: Connection timed out"], "does not answer", "firewall" },
        { "a certificate of its own", ["Peer certificate failed verification", $"Impossible to open '{Url}'", "pipe:0: Input/output error"], "a certificate that nobody here trusts", "#verify=false" },
        { "no TLS there", ["An unexpected TLS packet was received.", $"Impossible to open '{Url}'", "pipe:0: Input/output error"], "does not speak TLS", "rtsp://" },
        { "a playlist that names a file", ["Stream ends prematurely at 102, should be 18446744073709551615", $"Protocol 'file' not on whitelist '{Whitelist}'!", "Failed to open segment 0 of playlist 0", $"Impossible to open '{Url}'", "pipe:0: Invalid data found when processing input"], "of a kind that a camera has no use for", "the stream itself" },
        { "a list of addresses", ["Stream ends prematurely at 57, should be 18446744073709551615", "Format not on whitelist 'hls,mpegts,mov'", $"Impossible to open '{Url}'", "pipe:0: Invalid argument"], "a list of other addresses", "the stream or file itself" },
        { "RTSP: sound only, which we do not take", ["method PLAY failed: 454 Session Not Found", $"Impossible to open '{Url}'", "pipe:0: Server returned 4XX Client Error, but not one of 40{0,1,3,4}"], "has no picture to send there", "with a picture" },
        { "sound only", ["Stream map '0:v:0' matches no streams.", "To ignore this, add a trailing '?' to the map."], "no video in it", "with a picture" },
        { "half an MP4", ["Format mov,mp4,m4a,3gp,3g2,mj2 detected only with low score of 1, misdetection possible!", "moov atom not found", "x.mp4: Invalid data found when processing input"], "the file's end", "the whole file" },
        { "a web page", [$"Impossible to open '{Url}'", "pipe:0: Invalid data found when processing input"], "no video that ffmpeg knows", "ffprobe" },
        { "an old ffmpeg", ["Unrecognized option 'fps_mode'.", "Error splitting the argument list: Option not found"], "too old or too new", "5.1" },
        { "no decoder (by the source text)", ["Decoder (codec vvc) not found for input stream #0:0"], "cannot decode its codec", "H.264" },
        { "no picture found", ["Could not find codec parameters for stream 0 (Video: h264, none): unspecified size"], "says too little about its picture", "ffprobe" },
        { "a word nobody foresaw", [$"The moon is not full for {Url}"], "ffmpeg ended with code 1, saying 'The moon is not full for rtsp://***@cam:554/s'", "ffprobe" },
        { "no word at all", [], "ffmpeg ended with code 1, without a word", "ffprobe" },
        { "numbers that look like codes", ["Connection to tcp://10.0.0.7:40461?timeout=4040 did something at 0x401", "pipe:0: Input/output error"], "ffmpeg ended with code 1, saying 'pipe:0: Input/output error'", "ffprobe" },
    };

    [Theory]
    [MemberData(nameof(Said))]
    public void Its_last_words_become_one_sentence_with_the_fix(string row, string[] lines, string what, string fix)
    {
        var sentence = FfmpegComplaint.Explain(Request("rtsp://ad%20min@cam:554/s"), lines, 1, Secret);

        Assert.Contains(what, sentence, StringComparison.Ordinal);
        Assert.Contains(fix, sentence, StringComparison.Ordinal);
        Assert.True(sentence.StartsWith("'rtsp://***@cam:554/s': ", StringComparison.Ordinal), row);
        Assert.EndsWith(".", sentence, StringComparison.Ordinal);
        Assert.Contains("; ", sentence, StringComparison.Ordinal);
        foreach (var part in (string[])[Secret, "p%40ss", "ad%20min", "ad min", "\n"]) Assert.DoesNotContain(part, sentence, StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string[], string> Decoders => new()
    {
        { "no device", "vaapi", ["Device creation failed: -542398533.", "No device available for decoder: device type vaapi needed for codec h264.", "Device setup failed for decoder on input stream #0:0 : Generic error in an external library"], "there is no hardware decoder hwaccel=vaapi here" },
        { "no driver", "cuda", ["Cannot load libcuda.so.1", "Could not dynamically load CUDA", "Device creation failed: -1.", "No device available for decoder: device type cuda needed for codec h264.", "Device setup failed for decoder on input stream #0:0 : Operation not permitted"], "hwaccel=cuda here" },
        { "no V4L2 decoder", "v4l2m2m", ["Could not find a valid device", "can't configure decoder", "Error while opening decoder for input stream #0:0 : Invalid argument"], "there is no hardware decoder hwaccel=v4l2m2m here" },
        { "not built in", "qsv", ["Unrecognized hwaccel: qsv.", "Supported hwaccels: vdpau cuda vaapi drm opencl vulkan "], "this ffmpeg has no hardware decoder hwaccel=qsv" },
        { "any, and something else is wrong", "auto", ["Device creation failed: -1.", "No device available for decoder: device type vdpau needed for codec h264.", "pipe:0: Connection refused"], "nothing listens at cam" },
    };

    [Theory]
    [MemberData(nameof(Decoders))]
    public void Hardware_that_is_not_there_is_named(string row, string decoder, string[] lines, string what)
    {
        var request = Request($"rtsp://cam/s#hwaccel={decoder}");

        Assert.True(FfmpegComplaint.Explain(request, lines, 1, null).Contains(what, StringComparison.Ordinal), row);
    }

    [Fact]
    public void Without_a_password_it_says_where_one_belongs()
    {
        var sentence = FfmpegComplaint.Explain(Request("rtsp://cam/s"), ["method DESCRIBE failed: 401 Unauthorized"], 1, null);

        foreach (var part in (string[])["cam wants user and password", "rtsp://USER@host", "PasswordFile", "EDGEVISION__CAMERAS__<NAME>__PASSWORD"]) Assert.Contains(part, sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_kill_from_outside_is_told_as_one() =>
        Assert.Contains("killed from outside (signal 9); look whether the machine is short of memory", FfmpegComplaint.Explain(Request("rtsp://cam/s"), [], 137, null), StringComparison.Ordinal);

    internal static FfmpegRequest Request(string uri)
    {
        Assert.True(CameraUri.TryParse(uri, "/", out var read, out var error), error);
        return new FfmpegRequest { Address = read.Address, Path = read.Path, Options = read.Ffmpeg! };
    }
}
