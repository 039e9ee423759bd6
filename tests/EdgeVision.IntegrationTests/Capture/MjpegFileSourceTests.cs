using EdgeVision.Capture.Replay;
using EdgeVision.Frames;
using EdgeVision.Imaging;
using EdgeVision.IntegrationTests.Imaging;
using EdgeVision.IntegrationTests.Mqtt;
using Microsoft.Extensions.Time.Testing;

namespace EdgeVision.IntegrationTests.Capture;

public sealed class MjpegFileSourceTests : IDisposable
{
    private static readonly string Clip = Repository.PathOf("samples", "media", "pedestrians.mjpeg");
    private static readonly byte[] A = Pictures.Jpeg(16, 16);
    private static readonly byte[] B = Pictures.Jpeg(32, 16);

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
    public void The_bundled_clip_plays_at_its_rate_and_ends()
    {
        using var source = Open(Clip);
        var length = 0L;
        for (var i = 1; i <= 200; i++)
        {
            Assert.True(source.TryRead(out var frame, Stopping));
            using (frame)
            {
                Assert.Equal((i, FrameFormat.Jpeg(640, 480)), (frame.Sequence, frame.Format));
                Assert.Equal(TimeSpan.FromMilliseconds(100 * (i - 1)).Ticks, frame.Timestamp);
                Assert.Equal(_time.GetUtcNow(), frame.CapturedAt);
                length += frame.Pixels.Length;
            }
        }

        Assert.False(source.TryRead(out _, Stopping));
        Assert.False(source.TryRead(out _, Stopping));
        Assert.Equal(new FileInfo(Clip).Length, length);
        Assert.Equal(TimeSpan.FromSeconds(19.9), _time.Elapsed);
    }

    [Fact]
    public void A_loop_goes_on_counting_and_keeps_the_rate()
    {
        using var source = Open(_folder.Write("clip.mjpeg", [.. A, .. B]), loop: true);
        for (var i = 0; i < 7; i++)
        {
            using var frame = Read(source);
            Assert.Equal(i + 1, frame.Sequence);
            Assert.True(frame.Pixels.SequenceEqual(i % 2 == 0 ? A : B));
            Assert.Equal(TimeSpan.FromMilliseconds(100 * i).Ticks, frame.Timestamp);
        }
    }

    [Fact]
    public void Playing_allocates_only_the_frame_handles()
    {
        using var source = new MjpegFileSource(Clip, 10, loop: false, _pool, new FakeTimeProvider { AutoAdvanceAmount = TimeSpan.FromHours(1) });
        for (var i = 0; i < 20; i++) Read(source).Dispose();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) Read(source).Dispose();

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 100, 0, 128);
    }

    [Fact]
    public void A_loop_allocates_no_buffer_for_each_pass()
    {
        using var source = Open(_folder.Write("clip.mjpeg", A), loop: true);
        for (var i = 0; i < 5; i++) Read(source).Dispose();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 50; i++) Read(source).Dispose();

        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 50 * 8192);
    }

    [Fact]
    public void A_loop_over_one_broken_picture_is_paced_like_any_other()
    {
        using var source = Open(_folder.Write("clip.mjpeg", A.AsSpan(0, 200)), loop: true);
        for (var i = 0; i < 20; i++) using (var frame = Read(source)) Assert.Equal(200, frame.Pixels.Length);

        Assert.Equal(19, _time.Waits.Count);
        Assert.Equal(TimeSpan.FromSeconds(1.9), _time.Elapsed);
    }

    [Fact]
    public void A_replaced_clip_is_picked_up_at_the_end_of_the_pass()
    {
        var path = _folder.Write("clip.mjpeg", A);
        using var source = Open(path, loop: true);
        Read(source).Dispose();
        var next = _folder.Write("next.mjpeg", B);
        File.Move(next, path, overwrite: true);

        using var frame = Read(source);

        Assert.True(frame.Pixels.SequenceEqual(B));
    }

    [Fact]
    public void A_clip_that_vanishes_plays_to_its_end_and_is_then_a_lost_camera()
    {
        var path = _folder.Write("clip.mjpeg", [.. A, .. B]);
        using var source = Open(path, loop: true);
        Read(source).Dispose();
        File.Delete(path);
        Read(source).Dispose();

        Tells(source, path, "There is no file");
    }

    [Theory]
    [InlineData(false, 1_000_000)]
    [InlineData(true, 1_000_000)]
    [InlineData(true, 0)]
    public void A_clip_that_is_shortened_while_it_plays_is_a_lost_camera(bool loop, int length)
    {
        var path = _folder["clip.mjpeg"];
        File.Copy(Clip, path);
        using var source = Open(path, loop: loop);
        Read(source).Dispose();
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) file.SetLength(length);

        var e = Assert.Throws<CaptureException>(() =>
        {
            for (var i = 0; i < 1000 && source.TryRead(out var frame, Stopping); i++) frame.Dispose();
        });

        Assert.Contains("was shortened while it was played", e.Message, StringComparison.Ordinal);
        Sentence.IsOne(e.Message, path);
    }

    [Fact]
    public void A_clip_that_is_replaced_by_something_else_is_a_lost_camera()
    {
        var path = _folder.Write("clip.mjpeg", A);
        using var source = Open(path, loop: true);
        Read(source).Dispose();
        File.Move(_folder.Write("new", [0, 0, 0, 32, .. "ftypisom00000000"u8]), path, overwrite: true);

        Tells(source, path, "is an MP4 video");
    }

    [Fact]
    public void A_damaged_picture_costs_itself_only_and_is_refused_by_the_decoder()
    {
        var whole = Pictures.Pedestrian();
        using var source = Open(_folder.Write("clip.mjpeg", [.. whole, .. whole[..20_000], .. whole]));
        var decoder = new JpegDecoder(_pool);
        var readable = new List<bool>();
        while (source.TryRead(out var frame, Stopping))
        {
            using (frame)
            {
                readable.Add(decoder.TryDecode(frame, 1, out var decoded, out _));
                decoded?.Dispose();
            }
        }

        Assert.Equal([true, false, true], readable);
    }

    public static TheoryData<string, byte[], string> OtherFiles => new()
    {
        // file, content, what the sentence must say
        { "empty.mjpeg", [], "is empty" },
        { "movie.mp4", [0, 0, 0, 32, .. "ftypisom"u8, 0, 0, 2, 0, .. "isomiso2avc1mp41"u8], "is an MP4 video, an MJPEG clip was expected; convert it: ffmpeg -i '" },
        { "movie.avi", [.. "RIFF"u8, 1, 2, 3, 4, .. "AVI LIST"u8], "is an AVI video" },
        { "movie.mkv", [0x1A, 0x45, 0xDF, 0xA3, 1, 2, 3], "is a Matroska or WebM video" },
        { "picture.webp", [.. "RIFF0000WEBPVP8 "u8], "is a WebP picture" },
        { "picture.bmp", [.. "BM"u8, 1, 2, 3], "is a BMP picture" },
        { "picture.png", [0x89, .. "PNG\r\n"u8, 26, 10, 0, 0, 0, 13], "is a PNG picture, an MJPEG clip was expected; put JPEG or PNG pictures into a folder and write dir:FOLDER." },
        { "picture.gif", [.. "GIF89a"u8, 1, 2], "is a GIF picture" },
        { "pointer.mjpeg", [.. "version https://git-lfs.github.com/spec/v1\noid sha256:0123\nsize 7827309\n"u8], "is a Git LFS pointer, an MJPEG clip was expected; run git lfs pull." },
        { "notes.txt", [.. "My holidays\n"u8], "holds no JPEG picture" },
        { "zeros.bin", new byte[1_000_000], "holds no JPEG picture" },
        { "many zeros.bin", new byte[33 << 20], "there is no picture within 32 MB" },
        { "cut.mjpeg", [0xFF, 0xD8], "holds no JPEG picture" },
    };

    [Theory]
    [MemberData(nameof(OtherFiles))]
    public void A_file_of_another_kind_is_told_apart(string name, byte[] content, string says)
    {
        var path = _folder.Write(name, content);

        var e = Assert.Throws<CaptureException>(() =>
        {
            using var source = Open(path, loop: true);
            source.TryRead(out _, Stopping);
        });

        Assert.Contains(says, e.Message, StringComparison.Ordinal);
        Sentence.IsOne(e.Message, path);
    }

    [Fact]
    public void Text_before_the_first_picture_does_not_matter()
    {
        using var source = Open(_folder.Write("recorded.mjpeg", [.. "--boundary\r\nContent-Type: image/jpeg\r\n\r\n"u8, .. A]));

        using var frame = Read(source);

        Assert.True(frame.Pixels.SequenceEqual(A));
    }

    [Fact]
    public void What_cannot_be_opened_is_told_in_one_sentence()
    {
        var missing = _folder["missing.mjpeg"];
        var e = Assert.Throws<CaptureException>(() => Open(missing));
        Assert.StartsWith("There is no file", e.Message, StringComparison.Ordinal);
        Sentence.IsOne(e.Message, missing);

        e = Assert.Throws<CaptureException>(() => Open(_folder["no/such/folder.mjpeg"]));
        Assert.StartsWith("There is no file", e.Message, StringComparison.Ordinal);

        e = Assert.Throws<CaptureException>(() => Open(_folder.Path));
        Assert.Contains($"for a folder of pictures write dir:{_folder.Path}", e.Message, StringComparison.Ordinal);
        Sentence.IsOne(e.Message, _folder.Path);

        var tooLong = _folder[new string('x', 300)];
        e = Assert.Throws<CaptureException>(() => Open(tooLong));
        Sentence.IsOne(e.Message, tooLong);
    }

    [Fact]
    public void A_file_without_permission_is_told_in_one_sentence()
    {
        var path = _folder.Write("clip.mjpeg", A);
        _folder.Lock("clip.mjpeg");

        var e = Assert.Throws<CaptureException>(() => Open(path));

        Assert.Contains("may not read", e.Message, StringComparison.Ordinal);
        Sentence.IsOne(e.Message, path);
    }

    [Fact]
    public void A_pipe_is_told_in_one_sentence()
    {
        var path = _folder["pipe"];
        ChildProcess.Run("mkfifo", path);

        var e = Assert.Throws<CaptureException>(() => Open(path));

        Assert.Contains("is a named pipe", e.Message, StringComparison.Ordinal);
        Sentence.IsOne(e.Message, path);
    }

    [Fact]
    public void A_device_without_end_is_given_up()
    {
        if (!File.Exists("/dev/zero")) Assert.Skip("There is no /dev/zero here.");

        Sentence.IsOne(
            Assert.Throws<CaptureException>(() =>
            {
                using var source = Open("/dev/zero");
                source.TryRead(out _, Stopping);
            }).Message,
            "/dev/zero");
    }

    [Fact]
    public void Being_asked_to_stop_costs_no_frame()
    {
        using var stop = new CancellationTokenSource();
        using var source = Open(_folder.Write("clip.mjpeg", [.. A, .. B]));
        Read(source).Dispose();
        stop.Cancel();

        Assert.ThrowsAny<OperationCanceledException>(() => source.TryRead(out _, stop.Token));
    }

    private static void Tells(MjpegFileSource source, string path, string says)
    {
        var e = Assert.Throws<CaptureException>(() => source.TryRead(out _, Stopping));
        Assert.Contains(says, e.Message, StringComparison.Ordinal);
        Sentence.IsOne(e.Message, path);
    }

    private static Frame Read(MjpegFileSource source)
    {
        Assert.True(source.TryRead(out var frame, Stopping));
        return frame;
    }

    private MjpegFileSource Open(string path, double fps = 10, bool loop = false) => new(path, fps, loop, _pool, _time);
}
