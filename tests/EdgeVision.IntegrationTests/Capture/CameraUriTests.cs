using CsCheck;
using EdgeVision.Capture;
using EdgeVision.Capture.Ffmpeg;

namespace EdgeVision.IntegrationTests.Capture;

public sealed class CameraUriTests
{
    private const string Base = "/srv/site";

    public static TheoryData<string, string, CameraScheme, string, double, bool> Replays => new()
    {
        // row, URI, scheme, path, fps, loop
        { "full path of the contract", "file:///path/clip.mjpeg?loop=true&fps=10", CameraScheme.File, "/path/clip.mjpeg", 10, true },
        { "folder of the contract", "dir:///path/to/pictures?fps=2&loop=true", CameraScheme.Directory, "/path/to/pictures", 2, true },
        { "relative", "file:media/clip.mjpeg", CameraScheme.File, "/srv/site/media/clip.mjpeg", 10, false },
        { "relative upwards", "file:../clip.mjpeg", CameraScheme.File, "/srv/clip.mjpeg", 10, false },
        { "full path, one slash", "file:/path/clip.mjpeg", CameraScheme.File, "/path/clip.mjpeg", 10, false },
        { "four slashes", "file:////path/clip.mjpeg", CameraScheme.File, "/path/clip.mjpeg", 10, false },
        { "a folder once a second", "dir:pictures", CameraScheme.Directory, "/srv/site/pictures", 1, false },
        { "the folder itself", "dir:.", CameraScheme.Directory, "/srv/site", 1, false },
        { "percent-encoded blank and question mark", "file:my%20clip%3F.mjpeg", CameraScheme.File, "/srv/site/my clip?.mjpeg", 10, false },
        { "percent sign that encodes nothing", "file:100%.mjpeg", CameraScheme.File, "/srv/site/100%.mjpeg", 10, false },
        { "an at sign", "file:door@night.mjpeg", CameraScheme.File, "/srv/site/door@night.mjpeg", 10, false },
        { "a colon", "file:12:30.mjpeg", CameraScheme.File, "/srv/site/12:30.mjpeg", 10, false },
        { "a hash", "file:cam#1.mjpeg", CameraScheme.File, "/srv/site/cam#1.mjpeg", 10, false },
        { "two slashes inside", "file:media//clip.mjpeg", CameraScheme.File, "/srv/site/media/clip.mjpeg", 10, false },
        { "letters outside ASCII", "file:Tür.mjpeg", CameraScheme.File, "/srv/site/Tür.mjpeg", 10, false },
        { "blanks around", "  file:clip.mjpeg \n", CameraScheme.File, "/srv/site/clip.mjpeg", 10, false },
        { "capital letters", "FILE:clip.mjpeg?LOOP=True&FPS=5", CameraScheme.File, "/srv/site/clip.mjpeg", 5, true },
        { "a dot first", "file:./x/clip.mjpeg", CameraScheme.File, "/srv/site/x/clip.mjpeg", 10, false },
        { "the shell's home", "file:~/clip.mjpeg", CameraScheme.File, "/srv/site/~/clip.mjpeg", 10, false },
        { "slowest", "file:clip.mjpeg?fps=0.01", CameraScheme.File, "/srv/site/clip.mjpeg", 0.01, false },
        { "fastest", "file:clip.mjpeg?fps=1000", CameraScheme.File, "/srv/site/clip.mjpeg", 1000, false },
        { "a question mark and nothing", "file:clip.mjpeg?", CameraScheme.File, "/srv/site/clip.mjpeg", 10, false },
    };

    [Theory]
    [MemberData(nameof(Replays))]
    public void Clips_and_folders_are_read(string row, string text, CameraScheme scheme, string path, double fps, bool loop)
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("The expected paths are those of Unix.");
        Assert.True(CameraUri.TryParse(text, Base, out var uri, out var error), $"{row}: {error}");

        Assert.Equal((scheme, path, fps, loop), (uri.Scheme, uri.Path, uri.Fps, uri.Loop));
        Assert.Contains(path, uri.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("test:pattern?width=640&height=480&fps=30", 640, 480, 30)]
    [InlineData("test:pattern", 640, 480, 30)]
    [InlineData("test:pattern?width=16&height=8192&fps=0.5", 16, 8192, 0.5)]
    public void The_test_pattern_is_read(string text, int width, int height, double fps)
    {
        Assert.True(CameraUri.TryParse(text, Base, out var uri, out _));

        Assert.Equal((CameraScheme.TestPattern, "", width, height, fps), (uri.Scheme, uri.Path, uri.Width, uri.Height, uri.Fps));
    }

    public static TheoryData<string, string, string, FfmpegOptions> Streams => new()
    {
        // row, URI, as shown, options
        { "plain", "rtsp://camera/stream", "stream rtsp://camera/stream", Live },
        { "in capitals, no path", "RTSPS://[fe80::1]:322", "stream rtsps://[fe80::1]:322/", Live },
        { "keys of the server and ours", "rtsp://u@10.0.0.7:554/cam?channel=1&width=7#transport=udp&hwaccel=vaapi&stall=2.5&width=640&height=360", "stream rtsp://***@10.0.0.7:554/cam?channel=1&width=7",
            Live with { Udp = true, HardwareDecoder = "vaapi", Stall = TimeSpan.FromSeconds(2.5), Width = 640, Height = 360 } },
        { "the default transport by its name", "rtsp://camera/stream#transport=TCP&hwaccel=off", "stream rtsp://camera/stream", Live },
        { "a live stream over HTTP", "http://camera/video.cgi?token=abc", "stream http://camera/video.cgi?token=***", Live },
        { "a file over HTTPS", "https://host/clips/a.MP4?v=2#loop=true&fps=5&verify=false", "stream https://host/clips/a.MP4?v=2", new FfmpegOptions { Loop = true, Fps = 5, VerifyTls = false } },
        { "a file that is live", "http://host/live.mkv#live=true", "stream http://host/live.mkv", Live },
    };

    private static readonly FfmpegOptions Live = new() { Live = true };

    [Theory]
    [MemberData(nameof(Streams))]
    public void Streams_are_read(string row, string text, string shown, FfmpegOptions options)
    {
        Assert.True(CameraUri.TryParse(text, Base, out var uri, out var error), $"{row}: {error}");

        Assert.Equal((CameraScheme.Stream, shown), (uri.Scheme, uri.ToString()));
        Assert.Equal(options, uri.Ffmpeg);
    }

    [Fact]
    public void Keys_of_a_video_file_stand_where_those_of_a_clip_do()
    {
        Assert.True(CameraUri.TryParse("file:a.mp4?loop=true&fps=5&hwaccel=auto&height=240&stall=3", Base, out var uri, out _));

        Assert.Equal(new FfmpegOptions { Loop = true, Fps = 5, HardwareDecoder = "auto", Height = 240, Stall = TimeSpan.FromSeconds(3) }, uri.Ffmpeg);
        Assert.True(CameraUri.TryParse("file:a.mp4", Base, out uri, out _));
        Assert.Equal(new FfmpegOptions(), uri.Ffmpeg);
    }

    public static TheoryData<string, string, string> Mistakes => new()
    {
        // row, URI, what the sentence must say
        { "empty", "", "file:clip.mjpeg" },
        { "blank", "   ", "no scheme" },
        { "no scheme", "clip.mjpeg", "A clip is file:clip.mjpeg" },
        { "a path with a colon", "/data/12:30.mjpeg", "A clip is file:/data/12:30.mjpeg" },
        { "colon first", ":clip.mjpeg", "no scheme" },
        { "a blank in the scheme", "fi le:clip.mjpeg", "no scheme" },
        { "a device", "/dev/video0", "no scheme" },
        { "a digit first", "1file:clip.mjpeg", "no scheme" },
        { "unknown scheme", "ftp://host/clip", "the scheme 'ftp' is not known; known are v4l2: (camera on this machine), file:" },
        { "a stream without slashes", "rtsp:camera/stream", "the host is missing; write rtsp://host/path" },
        { "a stream without a host", "rtsp:///stream", "what stands where host:port belongs is none" },
        { "a port of letters", "rtsp://camera:x/stream", "what stands where host:port belongs is none" },
        { "port 0", "rtsp://camera:0/stream", "what stands where host:port belongs is none" },
        { "a port beyond all", "rtsp://camera:65536/stream", "what stands where host:port belongs is none" },
        { "a password with a slash", "rtsp://user:p/w@camera/stream", "percent-encode what a user or password holds" },
        { "a password with an at sign", "rtsp://user:p@w@camera/stream", "percent-encode : as %3A and @ as %40" },
        { "a password with a hash", "rtsp://user:p#w@camera/stream", "behind # stands an @" },
        { "an option where the host belongs", "rtsp://-i/etc/passwd", "what stands where host:port belongs is none" },
        { "a line break", "http://camera/a\nfile 'b'", "a blank or a control character" },
        { "a blank", "http://camera/a b", "write %20 for a blank" },
        { "our key where the server's stand", "rtsp://camera/stream#transport=quic", "transport=quic is not one of tcp, udp" },
        { "a decoder nobody has", "rtsp://camera/stream#hwaccel=magic", "hwaccel=magic is not one of off, auto, vaapi" },
        { "an unknown key of ours", "rtsp://camera/stream#stal=3", "stal is not known here; known are hwaccel, stall, width, height, transport" },
        { "an odd width", "rtsp://camera/stream#width=641", "width=641 is odd; an even number was expected" },
        { "the loop of a live stream", "http://camera/mjpg#loop=true", "add live=false if it is a file" },
        { "the rate of a camera", "rtsp://camera/stream#fps=5", "fps is not known here" },
        { "the certificate of RTSPS", "rtsps://camera/stream#verify=false", "verify is not known here" },
        { "host in a file", "file://path/clip.mjpeg", "write three for a full path (clip file:///full/path)" },
        { "host in a folder", "dir://pictures", "write three for a full path (folder dir:///full/path)" },
        { "no path", "file:", "the path of the clip is missing" },
        { "a host and nothing", "file://", "two slashes name a host" },
        { "no folder", "dir:?loop=true", "the path of the folder is missing" },
        { "another address as a file", "file:rtsp://camera/stream", "the clip is a path, not another address; leave file: away" },
        { "NUL", "file:a%00b", "NUL" },
        { "NUL as it is", "file:a\0b", "NUL" },
        { "unknown key", "file:clip.mjpeg?lop=true", "lop is not known here; known are loop, fps, hwaccel, stall, width, height" },
        { "transport of a clip", "file:clip.mjpeg?transport=udp", "transport is not known here" },
        { "key twice", "file:clip.mjpeg?fps=5&FPS=6", "given twice" },
        { "flag", "dir:x?loop=yes", "loop=yes is not true or false" },
        { "flag without value", "dir:x?loop", "loop= is not true or false" },
        { "too slow", "file:x?fps=0", "fps=0 is not a number from 0.01 to 1000" },
        { "too fast", "file:x?fps=1000.1", "fps=1000.1 is not a number" },
        { "negative", "file:x?fps=-1", "fps=-1 is not a number" },
        { "no number", "file:x?fps=NaN", "fps=NaN is not a number" },
        { "decimal comma", "file:x?fps=2,5", "fps=2,5 is not a number" },
        { "exponent", "file:x?fps=1e2", "fps=1e2 is not a number" },
        { "no plain word", "file:x?fps=a@b/c", "fps=(…) is not a number" },
        { "unknown key that is no plain word", "file:x?p@ss", "(…) is not known here" },
        { "rate without value", "file:x?fps=", "fps= is not a number" },
        { "too narrow", "test:pattern?width=15", "width=15 is not a whole number from 16 to 8192" },
        { "too high", "test:pattern?height=8193", "height=8193 is not a whole number" },
        { "half a pixel", "test:pattern?width=640.5", "width=640.5 is not a whole number" },
        { "another test", "test:card", "the only test source is test:pattern" },
        { "loop of the pattern", "test:pattern?loop=true", "loop is not known here" },
        { "too long", "file:" + new string('a', CameraUri.MaxLength), "at most 4096 are read" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_is_told_in_one_sentence(string row, string text, string says)
    {
        Assert.False(CameraUri.TryParse(text, Base, out var uri, out var error), row);

        Assert.Null(uri);
        Assert.Contains(says, error, StringComparison.Ordinal);
        Assert.EndsWith(".", error, StringComparison.Ordinal);
        Assert.DoesNotContain(error, char.IsControl);
        Assert.True(error.Length < 500 + text.Length);
    }

    [Fact]
    public void Parsing_whatever_text_never_throws()
    {
        var anything = Gen.String[Gen.Char, 0, 200];
        var pieces = Pick("file:", "dir:", "test:", "rtsp:", "http://", "host", "user", "#", "opencv:", "!", " ! appsink", "0", "stall", "pattern", "/", "//", "?", "&", "=", "fps", "loop", "width", "%00", "%", "%zz", "..", ".", "@", ":", "1e999", "true", "\0", "\ud800", " ", "NaN");
        Gen.OneOf(anything, pieces.Array[0, 12].Select(string.Concat)).Sample(
            text =>
            {
                var read = CameraUri.TryParse(text, Base, out var uri, out var error);
                return read ? uri is { Fps: >= 0.01 and <= 1000 } or { Fps: 0, Scheme: CameraScheme.OpenCv } or { Scheme: CameraScheme.Stream, Address: not null } && error is null && uri.ToString().Length > 0
                    : uri is null && error!.EndsWith('.') && !error.Any(char.IsControl);
            },
            iter: 20_000, seed: "0000KvbHbbN3");
    }

    private static Gen<string> Pick(params string[] choices) => Gen.Int[0, choices.Length - 1].Select(i => choices[i]);
}
