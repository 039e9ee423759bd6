using System.Text;
using EdgeVision.Capture;
using EdgeVision.Frames;
using EdgeVision.Imaging;
using EdgeVision.IntegrationTests.Imaging;
using Microsoft.Extensions.Time.Testing;

namespace EdgeVision.IntegrationTests.Capture;

/// <summary>Clips, folders and the test pattern as cameras.</summary>
public sealed class ReplayTests : IDisposable
{
    private static readonly string Clip = Repository.PathOf("samples", "media", "pedestrians.mjpeg");
    private readonly TemporaryFolder _folder = new();
    private readonly FramePool _pool = new();

    /// <summary>Each look at the clock is an hour later: every frame is due at once.</summary>
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(56)) { AutoAdvanceAmount = TimeSpan.FromHours(1) };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_bundled_clip_gives_200_frames_and_ends()
    {
        using (var source = Open($"file:{Clip}"))
        {
            var decoder = new JpegDecoder(_pool);
            for (var i = 1; i <= 200; i++)
            {
                Assert.True(source.TryRead(out var frame, Stop));
                using (frame)
                {
                    Assert.Equal((FrameFormat.Jpeg(640, 480), i), (frame.Format, frame.Sequence));
                    if (i % 50 != 0) continue;
                    Assert.True(decoder.TryDecode(frame, out var decoded, out var reason), reason);
                    decoded.Dispose();
                }
            }

            Assert.False(source.TryRead(out _, Stop));
            Assert.False(source.TryRead(out _, Stop));
        }

        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public async Task A_clip_plays_at_its_rate()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56));
        var start = time.GetUtcNow();
        Assert.True(CameraUri.TryParse($"file:{Clip}?fps=4", "/", out var uri, out var error), error);
        using (var source = FrameSources.Open(uri, _pool, time))
        {
            for (var i = 0; i < 8; i++)
            {
                var read = Task.Run(() => source.TryRead(out var frame, Stop) ? frame : null, Stop);
                if (i > 0) time.Advance(TimeSpan.FromMilliseconds(250));
                using var frame = await read.WaitAsync(TimeSpan.FromSeconds(30), Stop);

                Assert.Equal(start.AddSeconds(i * 0.25), frame!.CapturedAt);
                Assert.Equal(frame.CapturedAt, start + time.GetElapsedTime(0, frame.Timestamp) - time.GetElapsedTime(0, time.GetTimestamp()) + (time.GetUtcNow() - start));
            }
        }

        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public async Task Stopping_while_a_frame_waits_for_its_time_gives_its_buffer_back()
    {
        var time = new FakeTimeProvider();
        Assert.True(CameraUri.TryParse($"file:{Clip}?fps=0.01", "/", out var uri, out _));
        using var stopping = new CancellationTokenSource();
        using var source = FrameSources.Open(uri, _pool, time);
        Assert.True(source.TryRead(out var first, Stop));
        first.Dispose();
        var read = Task.Run(() => source.TryRead(out _, stopping.Token), Stop);
        await stopping.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.WaitAsync(TimeSpan.FromSeconds(30), Stop));
        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public void A_looping_clip_begins_again_and_counts_on()
    {
        _folder.Write("clip.mjpeg", [.. Pictures.Jpeg(16, 16), .. Pictures.Jpeg(32, 16), .. Pictures.Jpeg(48, 16)]);
        using var source = Open($"file:{_folder["clip.mjpeg"]}?loop=true");

        Assert.Equal([(1, 16), (2, 32), (3, 48), (4, 16), (5, 32), (6, 48), (7, 16)], Read(source, 7));
        Assert.Equal(0, _pool.Rented);
    }

    public static TheoryData<string, byte[], string> NoClips => new()
    {
        { "empty", [], "is empty; an MJPEG clip was expected." },
        { "MP4", [0, 0, 0, 32, .. Encoding.ASCII.GetBytes("ftypisom00000000")], "is an MP4 video, which this version does not play; convert it: ffmpeg" },
        { "AVI", Encoding.ASCII.GetBytes("RIFF0000AVI LIST"), "is an AVI video" },
        { "Matroska", [0x1A, 0x45, 0xDF, 0xA3, 1, 2, 3], "is a Matroska or WebM video" },
        { "PNG", Pictures.Png(8, 8), "is a PNG picture" },
        { "text", Encoding.ASCII.GetBytes("no pictures here"), "holds no JPEG picture" },
        { "33 MB of nothing", new byte[33 << 20], "there is no picture within 32 MB" },
    };

    [Theory]
    [MemberData(nameof(NoClips))]
    public void What_is_no_clip_is_told_in_one_sentence(string row, byte[] content, string expected)
    {
        _folder.Write("clip.mjpeg", content);
        var message = Failure("file:" + _folder["clip.mjpeg"]);

        Assert.True(message.Contains(expected, StringComparison.Ordinal), $"{row}: {message}");
        Assert.Contains(_folder["clip.mjpeg"], message, StringComparison.Ordinal);
        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public void Missing_files_and_mixed_up_kinds_are_told()
    {
        _folder.Write("a.jpg", Pictures.Jpeg(8, 8));

        Assert.Equal($"There is no file '{_folder["no.mjpeg"]}'; name an existing MJPEG clip.", Failure("file:" + _folder["no.mjpeg"]));
        Assert.Contains($"is a folder, an MJPEG clip was expected; for a folder of pictures write dir:{_folder.Path}", Failure("file:" + _folder.Path), StringComparison.Ordinal);
        Assert.Contains("There is no folder", Failure("dir:" + _folder["no"]), StringComparison.Ordinal);
        Assert.Contains($"is a file, a folder of pictures was expected; for an MJPEG clip write file:{_folder["a.jpg"]}", Failure("dir:" + _folder["a.jpg"]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_without_end_is_given_up()
    {
        if (!File.Exists("/dev/zero")) Assert.Skip("There is no /dev/zero here.");

        Assert.NotEmpty(Failure("file:/dev/zero"));
    }

    [Fact]
    public void A_clip_without_read_permission_is_told()
    {
        _folder.Write("clip.mjpeg", Pictures.Jpeg(8, 8));
        _folder.Lock("clip.mjpeg");

        Assert.Contains("This user may not read", Failure("file:" + _folder["clip.mjpeg"]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_looping_clip_that_vanishes_is_a_lost_camera()
    {
        var path = _folder.Write("clip.mjpeg", Pictures.Jpeg(16, 16));
        using var source = Open($"file:{path}?loop=true");
        Read(source, 2);
        File.Delete(path);

        Assert.StartsWith("There is no file", Assert.Throws<CaptureException>(() => source.TryRead(out _, Stop)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_looping_clip_that_is_replaced_plays_the_new_one()
    {
        var path = _folder.Write("clip.mjpeg", Pictures.Jpeg(16, 16));
        using var source = Open($"file:{path}?loop=true");
        Read(source, 2);
        File.Move(_folder.Write("new", Pictures.Jpeg(64, 32)), path, overwrite: true);

        Assert.Equal([(3, 64)], Read(source, 1));
    }

    [Fact]
    public void A_clip_replaced_by_a_video_is_a_lost_camera()
    {
        var path = _folder.Write("clip.mjpeg", Pictures.Jpeg(16, 16));
        using var source = Open($"file:{path}?loop=true");
        Read(source, 1);
        File.Move(_folder.Write("new", [0, 0, 0, 32, .. Encoding.ASCII.GetBytes("ftypisom00000000")]), path, overwrite: true);

        Assert.Contains("is an MP4 video", Assert.Throws<CaptureException>(() => source.TryRead(out _, Stop)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("false")]
    [InlineData("true")]
    public void A_clip_shortened_while_it_plays_is_a_lost_camera(string loop)
    {
        var path = _folder["clip.mjpeg"];
        File.Copy(Clip, path);
        using var source = Open($"file:{path}?loop={loop}");
        Read(source, 3);
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) file.SetLength(1_000_000);

        var thrown = Assert.Throws<CaptureException>(() =>
        {
            while (source.TryRead(out var frame, Stop)) frame.Dispose();
        });
        Assert.Contains("was shortened while it was played", thrown.Message, StringComparison.Ordinal);
        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public void A_damaged_picture_costs_itself_only_and_is_refused_by_the_decoder()
    {
        var whole = Pictures.Pedestrian();
        _folder.Write("clip.mjpeg", [.. whole, .. whole[..20_000], .. whole]);
        using (var source = Open("file:" + _folder["clip.mjpeg"]))
        {
            var readable = new List<bool>();
            while (source.TryRead(out var frame, Stop))
            {
                using (frame)
                {
                    readable.Add(new JpegDecoder(_pool).TryDecode(frame, out var decoded, out _));
                    decoded?.Dispose();
                }
            }

            Assert.Equal([true, false, true], readable);
        }

        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public void Playing_a_clip_allocates_only_the_frame_handles()
    {
        using var source = Open($"file:{Clip}?loop=true");
        Read(source, 20);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            Assert.True(source.TryRead(out var frame, Stop));
            frame.Dispose();
        }

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 100, 0, 128);
    }

    [Fact]
    public void A_folder_plays_its_pictures_by_name_and_nothing_else()
    {
        _folder.Write("b.JPG", Pictures.Jpeg(32, 16));
        _folder.Write("a.png", Pictures.Png(16, 16));
        _folder.Write("c.jpeg", Pictures.Jpeg(48, 16));
        _folder.Write("notes.txt", [1, 2, 3]);
        Directory.CreateDirectory(_folder["d.jpg"]);
        using (var source = Open($"dir:{_folder.Path}?loop=true"))
        {
            Assert.Equal([(1, 16), (2, 32), (3, 48), (4, 16)], Read(source, 4));
            _folder.Write("aa.jpg", Pictures.Jpeg(80, 16));     // seen at the next round
            File.Delete(_folder["c.jpeg"]);
            Assert.True(source.TryRead(out var b, Stop));
            b.Dispose();
            Assert.True(source.TryRead(out var gone, Stop));
            gone.Dispose();
            Assert.Equal([(7, 16), (8, 80), (9, 32), (10, 16)], Read(source, 4));
        }

        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public void A_folder_gives_jpegs_compressed_and_pngs_decoded_whatever_their_names_say()
    {
        _folder.Write("1.jpg", Pictures.Jpeg(16, 16));
        _folder.Write("2.png", Pictures.Png(16, 16));
        _folder.Write("3.jpg", Pictures.Png(16, 16));
        _folder.Write("4.png", Pictures.Jpeg(16, 16));
        using (var source = Open("dir:" + _folder.Path))
        {
            var formats = new List<PixelFormat>();
            while (source.TryRead(out var frame, Stop))
            {
                using (frame) formats.Add(frame.Format.Pixels);
            }

            Assert.Equal([PixelFormat.Jpeg, PixelFormat.Bgra32, PixelFormat.Bgra32, PixelFormat.Bgra32], formats);
        }

        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public void An_unreadable_picture_is_a_frame_the_decoder_refuses_and_the_camera_goes_on()
    {
        _folder.Write("1.jpg", [1, 2, 3]);
        _folder.Write("2.png", [1, 2, 3]);
        _folder.Write("3.jpg", []);
        File.CreateSymbolicLink(_folder["4.jpg"], _folder["gone"]);
        _folder.Write("5.jpg", Pictures.Jpeg(16, 16));
        using (var source = Open("dir:" + _folder.Path))
        {
            var decoder = new JpegDecoder(_pool);
            var readable = new List<bool>();
            while (source.TryRead(out var frame, Stop))
            {
                using (frame)
                {
                    readable.Add(decoder.TryDecode(frame, out var decoded, out _));
                    decoded?.Dispose();
                }
            }

            Assert.Equal([false, false, false, false, true], readable);
        }

        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public void A_folder_without_pictures_is_told_at_once_and_at_the_next_round()
    {
        Assert.Contains("holds no .jpg, .jpeg or .png file; put pictures there", Failure("dir:" + _folder.Path), StringComparison.Ordinal);
        var path = _folder.Write("a.jpg", Pictures.Jpeg(8, 8));
        using var source = Open($"dir:{_folder.Path}?loop=true");
        Read(source, 2);
        File.Delete(path);
        Assert.Contains("holds no", Assert.Throws<CaptureException>(() => source.TryRead(out _, Stop)).Message, StringComparison.Ordinal);
        Directory.Delete(_folder.Path);
        Assert.Contains("There is no folder", Assert.Throws<CaptureException>(() => source.TryRead(out _, Stop)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(640, 480)]
    [InlineData(16, 16)]
    [InlineData(16, 8192)]
    [InlineData(8192, 16)]
    [InlineData(37, 101)]
    public void The_test_pattern_counts_its_frames_in_the_picture(int width, int height)
    {
        using (var source = Open($"test:pattern?width={width}&height={height}"))
        {
            for (var i = 1; i <= 20; i++)
            {
                Assert.True(source.TryRead(out var frame, Stop));
                using (frame)
                {
                    Assert.Equal((FrameFormat.Packed(PixelFormat.Bgr24, width, height), i), (frame.Format, frame.Sequence));
                    var cell = Math.Max(1, Math.Min(width / 16, height / 8));
                    var number = 0;
                    for (var bit = 0; bit < 16; bit++) number = (number << 1) | (frame.Pixels[((height - 1) * width * 3) + (bit * cell * 3)] > 128 ? 1 : 0);
                    Assert.Equal(i, number);
                    Assert.Equal((255, 255, 255), (frame.Pixels[0], frame.Pixels[1], frame.Pixels[2]));     // the first bar is white
                }
            }
        }

        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public void The_test_pattern_moves()
    {
        using var source = Open("test:pattern?width=64&height=64");
        Assert.True(source.TryRead(out var first, Stop));
        Assert.True(source.TryRead(out var second, Stop));
        using (first)
        using (second) Assert.False(first.Pixels[..(40 * 64 * 3)].SequenceEqual(second.Pixels[..(40 * 64 * 3)]));
    }

    private IFrameSource Open(string text)
    {
        Assert.True(CameraUri.TryParse(text, "/", out var uri, out var error), error);
        return FrameSources.Open(uri, _pool, _time);
    }

    private string Failure(string text) => Assert.Throws<CaptureException>(() =>
    {
        using var source = Open(text);
        source.TryRead(out var frame, Stop);
        frame?.Dispose();
    }).Message;

    private List<(long Sequence, int Width)> Read(IFrameSource source, int frames)
    {
        var read = new List<(long, int)>();
        for (var i = 0; i < frames; i++)
        {
            Assert.True(source.TryRead(out var frame, Stop));
            using (frame) read.Add((frame.Sequence, frame.Width));
        }

        return read;
    }
}
