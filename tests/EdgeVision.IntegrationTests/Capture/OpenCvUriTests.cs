using EdgeVision.Capture;
using EdgeVision.Frames;

namespace EdgeVision.IntegrationTests.Capture;

public sealed class OpenCvUriTests
{
    private const string Base = "/srv/site";

    [Theory]
    [InlineData("opencv:0", 0, 0, 0, 0)]
    [InlineData("OpenCV:12?width=640&height=480&fps=29.97", 12, 640, 480, 29.97)]
    public void A_number_is_a_webcam(string text, int webcam, int width, int height, double fps)
    {
        Assert.True(CameraUri.TryParse(text, Base, out var uri, out var error), error);

        Assert.Equal((CameraScheme.OpenCv, webcam, null, "", width, height, fps), (uri.Scheme, uri.Webcam, uri.Pipeline, uri.Path, uri.Width, uri.Height, uri.Fps));
        Assert.Equal($"OpenCV webcam {webcam}", uri.ToString());
    }

    [Theory]
    [InlineData("opencv:clip.mp4", "/srv/site/clip.mp4")]
    [InlineData("opencv:/data/clip.mp4", "/data/clip.mp4")]
    [InlineData("opencv:///data/clip.mp4", "/data/clip.mp4")]
    [InlineData("opencv:what%3F now%21.mp4", "/srv/site/what? now!.mp4")]
    [InlineData("opencv:door@night.mp4", "/srv/site/door@night.mp4")]
    [InlineData("opencv:./0", "/srv/site/0")]
    public void Anything_else_is_a_file(string text, string path)
    {
        Assert.True(CameraUri.TryParse(text, Base, out var uri, out var error), error);

        Assert.Equal((CameraScheme.OpenCv, null, null, path), (uri.Scheme, uri.Webcam, uri.Pipeline, uri.Path));
        Assert.Equal($"OpenCV file {path}", uri.ToString());
    }

    [Theory]
    [InlineData("videotestsrc ! videoconvert ! appsink")]
    [InlineData("souphttpsrc location=\"http://camera/mjpg?size=1&q=2\" ! jpegdec ! videoconvert ! appsink drop=true")]
    [InlineData("multifilesrc location=img%05d.png caps=\"image/png,framerate=(fraction)1/1\" ! pngdec ! videoconvert ! appsink")]
    public void A_pipeline_is_taken_as_it_stands(string pipeline)
    {
        Assert.True(CameraUri.TryParse($" opencv:{pipeline} ", Base, out var uri, out var error), error);

        Assert.Equal((CameraScheme.OpenCv, null, pipeline, ""), (uri.Scheme, uri.Webcam, uri.Pipeline, uri.Path));
    }

    [Theory]
    [InlineData("rtspsrc location=rtsp://admin:s3cret@camera/h264 ! decodebin ! videoconvert ! appsink")]
    [InlineData("rtspsrc location=rtsp://camera/h264 user-id=admin user-pw=s3cret ! decodebin ! videoconvert ! appsink")]
    [InlineData("souphttpsrc location=http://camera/x?token=s3cret ! jpegdec ! appsink")]
    [InlineData("souphttpsrc location=\"http://camera/x\" user-pw=\"s3cret\"\t! jpegdec ! appsink")]
    public void The_credentials_of_a_pipeline_are_shown_nowhere(string pipeline)
    {
        Assert.True(CameraUri.TryParse($"opencv:{pipeline}", Base, out var uri, out _));

        Assert.DoesNotContain("s3cret", uri.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", CameraUriMask.Apply($"opencv:{pipeline}"), StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", CameraUriMask.Apply($"OPENCV:{pipeline}"), StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string> Mistakes => new()
    {
        // row, URI, what the sentence must say
        { "nothing", "opencv:", "what to open is missing: the number of a webcam (opencv:0)" },
        { "keys and nothing", "opencv:?width=640", "what to open is missing" },
        { "too high a number", "opencv:100", "not one from 0 to 99" },
        { "far too high a number", "opencv:99999999999", "not one from 0 to 99" },
        { "width", "opencv:0?width=-1", "width=-1 is not a whole number from 0 to 8192" },
        { "unknown key", "opencv:0?loop=true", "loop is not known here; known are width, height, fps" },
        { "keys of a file", "opencv:clip.mp4?fps=5", "keys belong to a webcam (opencv:0?width=640)" },
        { "another address", "opencv:rtsp://camera/x", "leave opencv: away" },
        { "a host", "opencv://host/clip.mp4", "write three for a full path" },
        { "no sink", "opencv:videotestsrc ! autovideosink", "end it with ! videoconvert ! video/x-raw,format=BGR ! appsink" },
        { "NUL", "opencv:a%00b", "NUL" },
        { "NUL in a pipeline", "opencv:a ! \0 ! appsink", "NUL" },
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
    }

    [Fact]
    public void A_build_without_OpenCV_says_how_to_make_one_that_has_it()
    {
        Assert.True(CameraUri.TryParse("opencv:0", Base, out var uri, out _));

        var refusal = Assert.Throws<CaptureException>(() => FrameSources.Open(uri, new FramePool(), TimeProvider.System)).Message;

        Assert.StartsWith("'OpenCV webcam 0' cannot be opened: this build has no OpenCV; build with -p:OpenCv=true", refusal, StringComparison.Ordinal);
        Assert.Contains("libgtk-3-0", refusal, StringComparison.Ordinal);
    }
}
