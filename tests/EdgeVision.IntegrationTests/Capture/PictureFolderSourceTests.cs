using EdgeVision.Capture.Replay;
using EdgeVision.Frames;
using EdgeVision.Imaging;
using EdgeVision.IntegrationTests.Imaging;
using EdgeVision.IntegrationTests.Mqtt;

namespace EdgeVision.IntegrationTests.Capture;

public sealed class PictureFolderSourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FramePool _pool = new();
    private readonly SelfAdvancingTime _time = new();

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _folder.Dispose();
        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public void Pictures_play_by_name_at_their_rate_and_end()
    {
        _folder.Write("b.png", Pictures.Png(20, 10));
        _folder.Write("a.JPG", Pictures.Jpeg(30, 40));
        _folder.Write("c.jpeg", Pictures.Jpeg(50, 60));
        _folder.Write("notes.txt", "none"u8);
        Directory.CreateDirectory(_folder["d.jpg"]);
        using var source = Open(fps: 2);

        var frames = new List<(PixelFormat, int, int, long, TimeSpan)>();
        while (source.TryRead(out var frame, Stopping))
        {
            using (frame) frames.Add((frame.Format.Pixels, frame.Width, frame.Height, frame.Sequence, TimeSpan.FromTicks(frame.Timestamp)));
        }

        Assert.Equal(
            [
                (PixelFormat.Jpeg, 30, 40, 1, TimeSpan.Zero),
                (PixelFormat.Bgra32, 20, 10, 2, TimeSpan.FromSeconds(0.5)),
                (PixelFormat.Jpeg, 50, 60, 3, TimeSpan.FromSeconds(1)),
            ],
            frames);
        Assert.False(source.TryRead(out _, Stopping));
    }

    [Fact]
    public void The_content_says_what_a_picture_is_and_not_its_name()
    {
        _folder.Write("a.jpg", Pictures.Png(20, 10));
        _folder.Write("b.png", Pictures.Jpeg(30, 40));
        using var source = Open();

        using (var png = Read(source)) Assert.Equal((PixelFormat.Bgra32, 20, 10), (png.Format.Pixels, png.Width, png.Height));
        using (var jpeg = Read(source)) Assert.Equal((PixelFormat.Jpeg, 30, 40), (jpeg.Format.Pixels, jpeg.Width, jpeg.Height));
    }

    [Fact]
    public void A_loop_sees_pictures_come_and_go()
    {
        _folder.Write("a.jpg", Pictures.Jpeg(30, 40));
        using var source = Open(loop: true);
        Read(source).Dispose();
        File.Delete(_folder["a.jpg"]);
        _folder.Write("b.jpg", Pictures.Jpeg(50, 60));

        using (var frame = Read(source)) Assert.Equal((50, 2), (frame.Width, frame.Sequence));

        File.Delete(_folder["b.jpg"]);
        var e = Assert.Throws<CaptureException>(() => source.TryRead(out _, Stopping));
        Assert.Contains("holds no .jpg, .jpeg or .png file", e.Message, StringComparison.Ordinal);
        Directory.Delete(_folder.Path);
        e = Assert.Throws<CaptureException>(() => source.TryRead(out _, Stopping));
        Assert.Contains("There is no folder", e.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, byte[], string> BadPictures => new()
    {
        { "empty.jpg", [], "is empty" },
        { "empty.png", [], "is empty" },
        { "text.jpg", [.. "no picture"u8], "is text, expected a JPEG or PNG picture" },
        { "text.png", [.. "no picture"u8], "is text, expected a JPEG or PNG picture" },
        { "wide.png", Pictures.PngThatClaims(30_000, 20), "is too large" },
        { "cut.jpg", Pictures.Jpeg(64, 48)[..200], "is a broken JPEG" },
        { "cut.png", Pictures.Png(64, 48)[..60], "is a broken PNG" },
    };

    [Theory]
    [MemberData(nameof(BadPictures))]
    public void A_picture_that_cannot_be_read_is_told_by_name_with_the_reason_and_the_next_one_plays(string name, byte[] content, string reason)
    {
        var path = _folder.Write(name, content);
        _folder.Write("z.jpg", Pictures.Jpeg(50, 60));
        using var source = Open();
        var decoder = new JpegDecoder(_pool);

        using (var bad = Read(source))
        {
            Assert.False(decoder.TryDecode(bad, 1, out _, out var decoderSays));
            Assert.Equal(path, bad.Origin!.Path);
            var told = bad.Origin.Fault ?? $"'{path}': {decoderSays}";
            Assert.Contains(reason, told, StringComparison.Ordinal);
            Assert.StartsWith($"'{path}'", told, StringComparison.Ordinal);
            Assert.DoesNotContain("of 0 bytes", told, StringComparison.Ordinal);
            Assert.False(told.EndsWith('.'), told);
        }

        using var good = Read(source);
        Assert.Null(good.Origin!.Fault);
        Assert.True(decoder.TryDecode(good, 1, out var decoded, out _));
        decoded.Dispose();
        Assert.Equal(2, good.Sequence);
    }

    [Fact]
    public void A_folder_that_vanishes_while_it_plays_is_a_lost_camera()
    {
        _folder.Write("a.jpg", Pictures.Jpeg(30, 40));
        _folder.Write("b.jpg", Pictures.Jpeg(30, 40));
        using var source = Open();
        Read(source).Dispose();
        Directory.Delete(_folder.Path, recursive: true);

        var e = Assert.Throws<CaptureException>(() => source.TryRead(out _, Stopping));

        Assert.StartsWith("There is no folder", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_picture_that_vanished_or_leads_nowhere_is_an_empty_frame()
    {
        ChildProcess.Run("mkfifo", _folder["e.jpg"]);     // without a writer: opening it would wait for one
        _folder.Write("a.jpg", Pictures.Jpeg(30, 40));
        _folder.Write("b.jpg", Pictures.Jpeg(30, 40));
        File.CreateSymbolicLink(_folder["c.jpg"], "/no/such/picture.jpg");
        File.CreateSymbolicLink(_folder["d.jpg"], "/proc/self/task");
        using var source = Open();
        Read(source).Dispose();
        File.Delete(_folder["b.jpg"]);

        for (var sequence = 2; source.TryRead(out var frame, Stopping); sequence++)
        {
            using (frame)
            {
                Assert.Equal((0, PixelFormat.Jpeg, sequence), (frame.Pixels.Length, frame.Format.Pixels, frame.Sequence));
                Assert.NotNull(frame.Origin!.Fault);
            }
        }
    }

    [Fact]
    public void A_loop_over_one_broken_picture_is_paced_like_any_other()
    {
        _folder.Write("a.jpg", "no picture"u8);
        using var source = Open(fps: 1, loop: true);

        for (var i = 0; i < 20; i++) Read(source).Dispose();

        Assert.Equal(TimeSpan.FromSeconds(19), _time.Elapsed);
    }

    [Fact]
    public void What_cannot_be_opened_is_told_in_one_sentence()
    {
        var e = Assert.Throws<CaptureException>(() => Open());
        Assert.Contains("holds no .jpg, .jpeg or .png file", e.Message, StringComparison.Ordinal);
        Sentence.IsOne(e.Message, _folder.Path);

        var missing = _folder["missing"];
        e = Assert.Throws<CaptureException>(() => new PictureFolderSource(missing, 1, false, _pool, _time));
        Assert.StartsWith("There is no folder", e.Message, StringComparison.Ordinal);
        Sentence.IsOne(e.Message, missing);

        var file = _folder.Write("clip.mjpeg", [1]);
        e = Assert.Throws<CaptureException>(() => new PictureFolderSource(file, 1, false, _pool, _time));
        Assert.Contains($"write file:{file}", e.Message, StringComparison.Ordinal);
        Sentence.IsOne(e.Message, file);
    }

    [Fact]
    public void A_folder_without_permission_is_told_in_one_sentence()
    {
        _folder.Lock(".");
        try
        {
            Sentence.IsOne(Assert.Throws<CaptureException>(() => Open()).Message, _folder.Path);
        }
        finally
        {
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(_folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private static Frame Read(PictureFolderSource source)
    {
        Assert.True(source.TryRead(out var frame, Stopping));
        return frame;
    }

    private PictureFolderSource Open(double fps = 1, bool loop = false) => new(_folder.Path, fps, loop, _pool, _time);
}
