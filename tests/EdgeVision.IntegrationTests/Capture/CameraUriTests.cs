using CsCheck;
using EdgeVision.Capture;

namespace EdgeVision.IntegrationTests.Capture;

public sealed class CameraUriTests
{
    private const string Base = "/srv/node";

    public static TheoryData<string, CameraScheme, string, double, bool> Replays => new()
    {
        { "file:///data/clip.mjpeg", CameraScheme.File, "/data/clip.mjpeg", 10, false },
        { "file:/data/clip.mjpeg", CameraScheme.File, "/data/clip.mjpeg", 10, false },
        { "file:clip.mjpeg", CameraScheme.File, "/srv/node/clip.mjpeg", 10, false },
        { "file:./x/clip.mjpeg", CameraScheme.File, "/srv/node/x/clip.mjpeg", 10, false },
        { "file:../clip.mjpeg", CameraScheme.File, "/srv/clip.mjpeg", 10, false },
        { "  FILE:clip.mjpeg?LOOP=True&fps=12.5 ", CameraScheme.File, "/srv/node/clip.mjpeg", 12.5, true },
        { "file:two%20words%3F.mjpeg", CameraScheme.File, "/srv/node/two words?.mjpeg", 10, false },
        { "file:100%.mjpeg", CameraScheme.File, "/srv/node/100%.mjpeg", 10, false },
        { "file:a@b#1.mjpeg", CameraScheme.File, "/srv/node/a@b#1.mjpeg", 10, false },
        { "file:clip.mjpeg?fps=0.01", CameraScheme.File, "/srv/node/clip.mjpeg", 0.01, false },
        { "file:clip.mjpeg?fps=1000&loop=false", CameraScheme.File, "/srv/node/clip.mjpeg", 1000, false },
        { "dir:pictures", CameraScheme.Directory, "/srv/node/pictures", 1, false },
        { "dir:///data/pictures?fps=2&loop=true", CameraScheme.Directory, "/data/pictures", 2, true },
        { "dir:.", CameraScheme.Directory, "/srv/node", 1, false },
        { "file:~/clip.mjpeg", CameraScheme.File, "/srv/node/~/clip.mjpeg", 10, false },     // the shell's business, not ours
    };

    [Theory]
    [MemberData(nameof(Replays))]
    public void Clips_and_folders_are_read_as_people_write_them(string text, CameraScheme scheme, string path, double fps, bool loop)
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("The expected paths are those of Unix.");
        Assert.True(CameraUri.TryParse(text, Base, out var uri, out var error), error);
        Assert.Equal((scheme, path, fps, loop), (uri.Scheme, uri.Path, uri.Fps, uri.Loop));
    }

    [Fact]
    public void The_test_pattern_has_a_size_and_a_rate()
    {
        Assert.True(CameraUri.TryParse("test:pattern", Base, out var plain, out _));
        Assert.Equal((CameraScheme.TestPattern, 640, 480, 30d), (plain.Scheme, plain.Width, plain.Height, plain.Fps));
        Assert.True(CameraUri.TryParse("test:pattern?width=16&height=8192&fps=0.5", Base, out var sized, out _));
        Assert.Equal((16, 8192, 0.5), (sized.Width, sized.Height, sized.Fps));
    }

    public static TheoryData<string, string> Mistakes => new()
    {
        { "", "has no scheme" },
        { "clip.mjpeg", "A clip is file:clip.mjpeg." },
        { "/dev/video0", "has no scheme" },
        { ":clip.mjpeg", "has no scheme" },
        { "fi le:clip.mjpeg", "has no scheme" },
        { "ftp://host/clip.mjpeg", "the scheme 'ftp' is not known; known are file: (MJPEG clip), dir: (folder of pictures) and test:pattern" },
        { "v4l2:///dev/video0", "v4l2: cameras are not in this version" },
        { "rtsp://host/stream", "rtsp: cameras are not in this version; known are file:" },
        { "https://host/stream", "https: cameras are not in this version" },
        { "opencv:0", "opencv: cameras are not in this version" },
        { "file:", "the path of the clip is missing" },
        { "file://", "two slashes name a host" },
        { "file:?loop=true", "the path of the clip is missing" },
        { "dir:", "the path of the folder is missing" },
        { "file://host/clip.mjpeg", "two slashes name a host; write three" },
        { "file:a%00b", "NUL" },
        { "file:clip.mjpeg?fsp=3", "fsp is not known here; known are loop, fps" },
        { "file:clip.mjpeg?width=640", "width is not known here" },
        { "file:clip.mjpeg?fps=0", "fps=0 is not a number from 0.01 to 1000" },
        { "file:clip.mjpeg?fps=1001", "from 0.01 to 1000" },
        { "file:clip.mjpeg?fps=NaN", "fps=NaN is not a number" },
        { "file:clip.mjpeg?fps=1e2", "fps=1e2 is not a number" },
        { "file:clip.mjpeg?fps=-5", "fps=-5 is not a number" },
        { "file:clip.mjpeg?fps=", "fps= is not a number" },
        { "file:clip.mjpeg?fps", "fps= is not a number" },
        { "file:clip.mjpeg?fps=3&fps=4", "fps is given twice" },
        { "file:clip.mjpeg?loop=yes", "loop=yes is not true or false" },
        { "test:card", "the only test source is test:pattern" },
        { "test:pattern?width=15", "width=15 is not a whole number from 16 to 8192" },
        { "test:pattern?height=8193", "from 16 to 8192" },
        { "test:pattern?width=640.5", "width=640.5 is not a whole number" },
        { "test:pattern?loop=true", "loop is not known here; known are width, height, fps" },
        { "file:" + new string('a', 5000), "at most 4096" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_is_told_in_one_sentence(string text, string expected)
    {
        Assert.False(CameraUri.TryParse(text, Base, out var uri, out var error));
        Assert.Null(uri);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.EndsWith(".", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_text_is_read_or_refused() =>
        Gen.Select(OneOf("", "file:", "dir:", "test:", "test:pattern?", "rtsp://", "file:///", "file:x?"), Gen.String[0, 60]).Sample(
            (start, rest) =>
            {
                var read = CameraUri.TryParse(start + rest, Base, out var uri, out var error);
                Assert.Equal(read, uri is not null);
                Assert.Equal(read, error is null);
            },
            iter: 20_000);

    private static Gen<string> OneOf(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
