using System.Diagnostics;
using EdgeVision.Capture;
using EdgeVision.Capture.Ffmpeg;
using EdgeVision.Frames;
using EdgeVision.IntegrationTests.Mqtt;

namespace EdgeVision.IntegrationTests.Capture.Ffmpeg;

public sealed class FfmpegSourceTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FramePool _pool = new();
    private readonly SelfAdvancingTime _time = new();

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _folder.Dispose();
        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public void A_clip_plays_every_picture_at_its_time_and_ends()
    {
        using var source = Open(FfmpegTool.MakeCounter(_folder.PathOf("a.mkv")));
        for (var i = 0; i < 12; i++)
        {
            using var frame = Read(source);
            Assert.Equal((i + 1, FrameFormat.Packed(PixelFormat.I420, 64, 48)), (frame.Sequence, frame.Format));
            Assert.Equal(16 + (8 * i), Grey(frame));
            Assert.Equal(TimeSpan.FromMilliseconds(100 * i).Ticks, frame.Timestamp);
            Assert.Equal(_time.GetUtcNow(), frame.CapturedAt);
        }

        Assert.False(source.TryRead(out _, Stopping));
        Assert.False(source.TryRead(out _, Stopping));
        Assert.Equal(TimeSpan.FromSeconds(1.1), _time.Elapsed);
    }

    [Fact]
    public void A_gap_in_the_recording_is_a_gap_in_time()
    {
        using var source = Open(FfmpegTool.MakeCounter(_folder.PathOf("a.mkv"), 8, 64, 48, ",select='not(between(n,2,4))'", "-fps_mode", "passthrough", "-c:v", "ffv1"));

        Assert.Equal([(16, 0), (24, 100), (56, 500), (64, 600)], ReadAll(source).Take(4));
    }

    [Fact]
    public void A_loop_keeps_time_over_its_seam_and_goes_on_counting()
    {
        var clip = FfmpegTool.MakeCounter(_folder.PathOf("a.mkv"), frames: 3);
        using var source = Open(clip + "?loop=true");
        for (var i = 0; i < 8; i++)
        {
            using var frame = Read(source);
            Assert.Equal((i + 1, 16 + (8 * (i % 3)), TimeSpan.FromMilliseconds(100 * i).Ticks), (frame.Sequence, Grey(frame), frame.Timestamp));
        }

        File.Delete(clip);
        Sentence.IsOne(Assert.Throws<CaptureException>(() => ReadAll(source)).Message, clip);
    }

    [Fact]
    public void Another_rate_than_its_own_can_be_asked_for()
    {
        using var source = Open(FfmpegTool.MakeCounter(_folder.PathOf("a.mkv"), frames: 5) + "?fps=4");

        Assert.Equal([0, 250, 500, 750, 1000], ReadAll(source).Select(f => f.Ms));
    }

    [Fact]
    public void Frames_are_scaled_before_they_come()
    {
        using var source = Open(FfmpegTool.MakeCounter(_folder.PathOf("a.mkv"), 2, 128, 64) + "?width=64");
        using var frame = Read(source);

        Assert.Equal(FrameFormat.Packed(PixelFormat.I420, 64, 32), frame.Format);
        Assert.InRange(Grey(frame), 15, 17);
    }

    public static TheoryData<string, string, string, FrameFormat> Formats => new()
    {
        // row, filter, encoder, what comes
        { "10 bits become 8", "format=yuv420p10le", "ffv1", FrameFormat.Packed(PixelFormat.I420, 65, 49) },
        { "full range of JPEG", "format=yuvj420p", "mjpeg", FrameFormat.Packed(PixelFormat.I420, 65, 49, YuvEncoding.Bt601Full) },
        { "4:2:2", "format=yuv422p", "ffv1", FrameFormat.Packed(PixelFormat.I422, 65, 49) },
        { "4:4:4", "format=yuv444p", "ffv1", FrameFormat.Packed(PixelFormat.I444, 65, 49) },
        { "grey", "format=gray", "ffv1", FrameFormat.Packed(PixelFormat.Grey8, 65, 49) },
        { "colours of HD", "format=yuv420p", "ffv1 -colorspace bt709 -color_primaries bt709 -color_trc bt709 -color_range tv", FrameFormat.Packed(PixelFormat.I420, 65, 49, YuvEncoding.Bt709Limited) },
        { "colours of a PC", "format=yuv420p", "ffv1 -colorspace bt709 -color_range pc", FrameFormat.Packed(PixelFormat.I420, 65, 49, YuvEncoding.Bt709Full) },
    };

    [Theory]
    [MemberData(nameof(Formats))]
    public void Pixels_come_as_they_were_decoded(string row, string filter, string encoder, FrameFormat expected)
    {
        using var source = Open(FfmpegTool.MakeCounter(_folder.PathOf("a.mkv"), 2, 65, 49, $",{filter}", $"-c:v {encoder}".Split(' ')));
        using var frame = Read(source);

        Assert.True(expected == frame.Format, $"{row}: {frame.Format}");
    }

    [Theory]
    [InlineData("bottle-detection.mp4", 640, 360, 33.52)]
    [InlineData("store-aisle-detection-preview.mp4", 480, 270, 66.67)]
    [InlineData("worker-zone-detection-preview.mp4", 480, 270, 66.67)]
    [InlineData("vtest.avi", 768, 576, 100)]
    public void Real_clips_play(string name, int width, int height, double intervalMs)
    {
        var clip = Repository.Shared("data", "videos", name);
        FfmpegTool.Require();
        Assert.True(CameraUri.TryParse("file:" + clip, "/", out var uri, out _));
        // Through the front door: such a file is known by its content.
        using var source = FrameSources.Open(uri, _pool, _time);
        Assert.Equal($"video {clip}", source.ToString());
        for (var i = 0; i < 60; i++)
        {
            using var frame = Read(source);
            Assert.Equal((i + 1, width, height), (frame.Sequence, frame.Width, frame.Height));
            Assert.Equal(i * intervalMs, TimeSpan.FromTicks(frame.Timestamp).TotalMilliseconds, 1 + (0.01 * i));
        }
    }

    [Fact]
    public void An_MJPEG_clip_is_played_without_ffmpeg_unless_it_is_asked_for_more()
    {
        var clip = Repository.PathOf("samples", "media", "pedestrians.mjpeg");
        Assert.True(CameraUri.TryParse($"file:{clip}", "/", out var plain, out _));
        using (var source = FrameSources.Open(plain, _pool, _time)) Assert.StartsWith("clip ", source.ToString(), StringComparison.Ordinal);

        FfmpegTool.Require();
        Assert.True(CameraUri.TryParse($"file:{clip}?width=320&fps=10", "/", out var scaled, out _));
        using var video = FrameSources.Open(scaled, _pool, _time);
        using var frame = Read(video);
        Assert.Equal(FrameFormat.Packed(PixelFormat.I420, 320, 240, YuvEncoding.Bt601Full), frame.Format);
    }

    [Fact]
    public void Files_are_known_by_their_content_and_else_by_their_name()
    {
        _folder.Write("movie", [0, 0, 0, 32, .. "ftypisom"u8, 0, 0, 2, 0, .. "isomiso2avc1mp41"u8]);
        _folder.Write("pictures.mp4", [0xFF, 0xD8, 0xFF, 0xDB]);
        _folder.Write("stream.ts", [0x47, 0x40, 0, 0x10]);
        _folder.Write("some.mjpeg", [1, 2, 3]);

        Assert.Equal(
            [true, false, true, false, true, false],
            new[] { "movie", "pictures.mp4", "stream.ts", "some.mjpeg", "gone.MKV", "gone.mjpeg" }.Select(name => VideoFile.IsOne(_folder.PathOf(name))));
    }

    public static TheoryData<string, string, byte[]?, string> Broken => new()
    {
        { "no file", "gone.mp4", null, "There is no file" },
        { "text", "a.mp4", [.. "hello"u8], "the file's end, where its table is, is missing" },
        { "nothing in it", "a.mkv", [], "no video that ffmpeg knows" },
        { "a list of other files", "a.mkv", [.. "ffconcat version 1.0\nfile '/etc/passwd'\n"u8], "a list of other addresses or files" },
        { "a playlist", "a.ts", [.. "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"u8], "a list of other addresses or files" },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void A_file_that_cannot_be_played_is_one_sentence(string row, string name, byte[]? content, string says)
    {
        var path = content is null ? _folder.PathOf(name) : _folder.Write(name, content);
        FfmpegTool.Require();

        var message = Assert.Throws<CaptureException>(() =>
        {
            using var source = Open(path);
            source.TryRead(out _, Stopping);
        }).Message;

        Sentence.IsOne(message, path);
        Assert.True(message.Contains(says, StringComparison.Ordinal), $"{row}: {message}");
    }

    [Fact]
    public void A_folder_or_pipe_is_not_opened()
    {
        FfmpegTool.Require();
        Assert.Contains("is a folder, a video file was expected", Assert.Throws<CaptureException>(() => Open(_folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ffmpeg_killed_from_outside_is_told_and_leaves_nothing()
    {
        using var source = Open(FfmpegTool.MakeLarge(_folder.PathOf("a.mkv")), loop: true);
        Read(source).Dispose();
        using (var child = Process.GetProcessById(source.ProcessId)) child.Kill();
        await FfmpegTool.GoneAsync(source.ProcessId);

        // What was in the pipe still comes, whole frames only.
        Assert.Contains("ffmpeg was killed from outside (signal 9)", Assert.Throws<CaptureException>(() => ReadAll(source)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Disposal_in_mid_stream_ends_the_child()
    {
        var clip = FfmpegTool.MakeLarge(_folder.PathOf("a.mkv"));
        for (var i = 0; i < 5; i++)
        {
            int child;
            // It waits for room in the pipe: nobody reads on.
            using (var source = Open(clip, loop: true))
            {
                child = source.ProcessId;
                Assert.True(FfmpegTool.IsAlive(child));
                if (i > 0) Read(source).Dispose();
            }

            await FfmpegTool.GoneAsync(child);
        }
    }

    [Fact]
    public async Task A_child_that_stands_still_is_a_stall_and_is_killed()
    {
        var clip = FfmpegTool.MakeLarge(_folder.PathOf("a.mkv"));
        int child;
        using (var source = new FfmpegSource(Request(clip + "?stall=5&loop=true"), FfmpegTool.Program, _pool, TimeProvider.System))
        {
            child = source.ProcessId;
            Read(source).Dispose();
            ChildProcess.Signal(Process.GetProcessById(child), ChildProcess.Stop);
            var message = Assert.Throws<CaptureException>(() => ReadAll(source)).Message;
            Sentence.IsOne(message, clip);
            Assert.Contains("stopped giving pictures for 5 s", message, StringComparison.Ordinal);
        }

        // A stopped process does not hear SIGTERM.
        await FfmpegTool.GoneAsync(child);
    }

    [Fact]
    public void A_stop_ends_the_wait_for_a_frame()
    {
        var clip = FfmpegTool.MakeLarge(_folder.PathOf("a.mkv"));
        using var source = new FfmpegSource(Request(clip + "?stall=60&loop=true"), FfmpegTool.Program, _pool, TimeProvider.System);
        Read(source).Dispose();
        ChildProcess.Signal(Process.GetProcessById(source.ProcessId), ChildProcess.Stop);
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));

        Assert.Throws<OperationCanceledException>(() =>
        {
            for (var i = 0; i < 100_000; i++) Read(source, stop.Token).Dispose();
        });
    }

    [Fact]
    public void The_child_sees_nothing_of_our_configuration()
    {
        Environment.SetEnvironmentVariable("EDGEVISION_TEST_PASSWORD", "hunter2");
        using var source = Open(FfmpegTool.MakeLarge(_folder.PathOf("a.mkv")), loop: true);
        Read(source).Dispose();

        Assert.DoesNotContain("hunter2", File.ReadAllText($"/proc/{source.ProcessId}/environ"), StringComparison.Ordinal);
        Assert.Contains("NoNewPrivs:\t1", File.ReadAllText($"/proc/{source.ProcessId}/status"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_frame_costs_its_handle_and_no_array()
    {
        var clip = FfmpegTool.MakeLarge(_folder.PathOf("a.mkv"));
        using var source = new FfmpegSource(Request(clip + "?fps=1000&loop=true"), FfmpegTool.Program, _pool, TimeProvider.System);
        // The first pass warms up and has its buffer.
        for (var i = 0; i < 62; i++) Read(source).Dispose();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 50; i++)
        {
            if (source.TryRead(out var frame, Stopping)) frame.Dispose();
        }

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 50, 1, 400);
    }

    [Fact]
    public void A_missing_hardware_decoder_is_named()
    {
        if (Directory.Exists("/dev/dri")) Assert.Skip("This machine may have the decoder that the test needs missing.");
        var clip = FfmpegTool.Make(_folder.PathOf("a.mp4"), "-f", "lavfi", "-i", "testsrc=s=64x48:r=10", "-frames:v", "5", "-pix_fmt", "yuv420p", "-c:v", "libx264");
        using var source = Open(clip + "?hwaccel=vaapi");

        Assert.Contains("there is no hardware decoder hwaccel=vaapi here", Assert.Throws<CaptureException>(() => ReadAll(source)).Message, StringComparison.Ordinal);
    }

    private FfmpegSource Open(string pathAndQuery, bool loop = false) => new(Request(pathAndQuery + (loop ? "?loop=true" : "")), FfmpegTool.Program, _pool, _time);

    private static FfmpegRequest Request(string pathAndQuery) => FfmpegComplaintTests.Request("file:" + pathAndQuery);

    private static Frame Read(IFrameSource source, CancellationToken? stopping = null)
    {
        Assert.True(source.TryRead(out var frame, stopping ?? Stopping));
        return frame;
    }

    private static List<(int Grey, int Ms)> ReadAll(FfmpegSource source)
    {
        var all = new List<(int, int)>();
        while (source.TryRead(out var frame, Stopping))
        {
            using (frame) all.Add((frame.Pixels[0], (int)TimeSpan.FromTicks(frame.Timestamp).TotalMilliseconds));
        }

        return all;
    }

    /// <summary>The one luma of the whole picture.</summary>
    private static int Grey(Frame frame)
    {
        Assert.True(frame.Pixels[..(frame.Width * frame.Height)].IndexOfAnyExceptInRange((byte)(frame.Pixels[0] - 1), (byte)(frame.Pixels[0] + 1)) < 0);
        return frame.Pixels[0];
    }
}
