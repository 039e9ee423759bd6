using System.Diagnostics;
using EdgeVision.Capture;
using EdgeVision.Capture.Ffmpeg;
using EdgeVision.Frames;
using EdgeVision.IntegrationTests.Module;

namespace EdgeVision.IntegrationTests.Capture.Ffmpeg;

public sealed class RtspTests(RtspTests.Server server) : IClassFixture<RtspTests.Server>, IDisposable
{
    private readonly FramePool _pool = new();

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    public void Dispose() => Assert.Equal(0, _pool.Rented);

    [Theory]
    [InlineData("/h264")]
    [InlineData("/h265")]
    [InlineData("/mjpeg")]
    [InlineData("/h264#transport=udp")]
    public void Pictures_come_with_their_colours_and_the_cameras_spacing(string path)
    {
        using var source = Open(server.Address + path);
        var times = new List<long>();
        for (var i = 0; i < 60; i++)
        {
            using var frame = Read(source);
            Assert.Equal((i + 1, PixelFormat.I420, 320, 240), (frame.Sequence, frame.Format.Pixels, frame.Width, frame.Height));
            Assert.InRange(frame.Timestamp, 0, TimeProvider.System.GetTimestamp() + 1000);
            if (i > 40) AssertGreen(frame);
            times.Add(frame.Timestamp);
        }

        // 20 a second. The first come as fast as they were gathered; a machine that is busy gives them late, but their times stay.
        var gaps = times.Zip(times.Skip(1), static (a, b) => Stopwatch.GetElapsedTime(a, b).TotalMilliseconds).Skip(30).Order().ToList();
        Assert.All(gaps, static gap => Assert.True(gap > 0));
        Assert.InRange(gaps[gaps.Count / 2], 49, 51);
    }

    [Fact]
    public void A_password_from_a_file_opens_what_needs_one_and_is_on_no_command_line()
    {
        using var folder = new TempFolder();
        using var secured = RtspServer.Start(secured: true);
        var login = new CameraLogin(null, folder.Write("password", System.Text.Encoding.UTF8.GetBytes(RtspServer.Password + "\n")));
        using var source = Open(secured.Address.Replace("//", "//ad%20min@", StringComparison.Ordinal) + "/h264", login);
        Read(source).Dispose();

        var line = File.ReadAllText($"/proc/{source.ProcessId}/cmdline");
        Assert.Contains("pipe:0", line, StringComparison.Ordinal);
        foreach (var part in (string[])["127.0.0.1", "p@ss", "p%40ss", "ad%20min"]) Assert.DoesNotContain(part, line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ad%20min", "wrong", "does not know this user and password")]
    [InlineData("ad%20min", null, "wants user and password")]
    [InlineData(null, null, "wants user and password")]
    public void A_wrong_password_is_told_and_not_shown(string? user, string? password, string says)
    {
        using var secured = RtspServer.Start(secured: true);
        using var source = Open(secured.Address.Replace("//", user is null ? "//" : $"//{user}@", StringComparison.Ordinal) + "/h264", new CameraLogin(password, null));

        var message = Assert.Throws<CaptureException>(() => Read(source)).Message;
        Assert.Contains(says, message, StringComparison.Ordinal);
        foreach (var secret in (string?[])[user, password]) Assert.False(secret is not null && message.Contains(secret, StringComparison.Ordinal), message);
    }

    [Theory]
    [InlineData("/nope", "has no such stream; check the path")]
    [InlineData("/audio", "has no picture to send there")]
    public void What_is_not_there_is_told(string path, string says)
    {
        using var source = Open(server.Address + path);

        Assert.Contains(says, Assert.Throws<CaptureException>(() => Read(source)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/grow", "changed from 320x240 yuv420p to 640x480 yuv420p")]
    [InlineData("/swap", "changed from 320x240 yuv420p to 240x320 yuv420p")]
    public void A_change_of_size_is_a_new_opening_and_no_garbled_picture(string path, string says)
    {
        // 320 × 240 and 240 × 320 have as many bytes: only ffmpeg's words tell them apart.
        using (var source = Open(server.Address + path))
        {
            var message = Assert.Throws<CaptureException>(() =>
            {
                for (var i = 0; i < 400; i++)
                {
                    using var frame = Read(source);
                    Assert.Equal((320, 240), (frame.Width, frame.Height));
                }
            }).Message;
            Assert.Contains(says, message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_server_that_dies_is_a_lost_camera_and_one_that_returns_gives_pictures()
    {
        var mortal = RtspServer.Start();
        var (port, address) = (mortal.Port, mortal.Address + "/h264");
        using (var source = Open(address))
        {
            for (var i = 0; i < 5; i++) Read(source).Dispose();
            mortal.Dispose();
            Assert.Contains(address, Assert.Throws<CaptureException>(() => ReadOn(source)).Message, StringComparison.Ordinal);
        }

        using (var source = Open(address)) Assert.Contains($"nothing listens at 127.0.0.1:{port}", Assert.Throws<CaptureException>(() => Read(source)).Message, StringComparison.Ordinal);
        using (RtspServer.Start(port))
        using (var source = Open(address)) Read(source).Dispose();
    }

    [Theory]
    [InlineData("/h264#stall=2")]
    [InlineData("/h264#stall=2&transport=udp")]
    public void A_server_that_stands_still_is_told_after_the_time_that_was_set(string path)
    {
        using var frozen = RtspServer.Start();
        using var source = Open(frozen.Address + path);
        for (var i = 0; i < 5; i++) Read(source).Dispose();
        frozen.Freeze();
        try
        {
            var message = Assert.Throws<CaptureException>(() => ReadOn(source)).Message;
            Assert.Contains("stopped giving pictures for 2 s", message, StringComparison.Ordinal);
            Assert.Contains("check camera and network at 127.0.0.1", message, StringComparison.Ordinal);
        }
        finally
        {
            frozen.Thaw();
        }
    }

    [Fact]
    public void A_server_that_never_answers_is_told_too()
    {
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        FfmpegTool.Require();
        using var source = Open($"rtsp://{silent.LocalEndpoint}/x#stall=1");

        Assert.Contains("gave no picture for 1 s", Assert.Throws<CaptureException>(() => Read(source)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Killed_we_leave_no_child_though_it_waits_for_a_server_that_stands_still()
    {
        // Nothing ends it by itself then: no frame to write, and its own patience is 15 minutes.
        using var folder = new TempFolder();
        using var frozen = RtspServer.Start();
        await using var node = EdgeVisionProcess.StartWith(
            new Dictionary<string, string> { ["EDGEVISION__MQTT__EMBEDDEDPORT"] = "0" },
            "run", "--data", folder.Path, "--camera", $"door={frozen.Address}/h264#stall=600");
        await node.LineAsync("Camera door runs", error: true);
        var child = await ChildAsync(node);
        frozen.Freeze();
        try
        {
            node.Kill();
            await node.ExitAsync();
            await FfmpegTool.GoneAsync(child);
        }
        finally
        {
            frozen.Thaw();
        }
    }

    [Fact]
    public async Task Told_to_end_the_node_ends_at_once_and_leaves_no_child()
    {
        using var folder = new TempFolder();
        await using var node = EdgeVisionProcess.StartWith(
            new Dictionary<string, string> { ["EDGEVISION__MQTT__EMBEDDEDPORT"] = "0" },
            "run", "--data", folder.Path, "--camera", $"door={server.Address}/h264");
        var child = await ChildAsync(node);

        node.Terminate();

        Assert.Equal(0, await node.ExitAsync());
        Assert.False(FfmpegTool.IsAlive(child));
        Assert.DoesNotContain("left", node.Stderr, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>It has written a frame to us: 115,200 bytes and more.</summary>
    private static bool ReadsFrames(int child)
    {
        try
        {
            var written = File.ReadLines($"/proc/{child}/io").First(static line => line.StartsWith("wchar: ", StringComparison.Ordinal));
            return long.Parse(written.AsSpan(7), System.Globalization.CultureInfo.InvariantCulture) > 300_000;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>The ffmpeg of a node, once it gives frames.</summary>
    private static async Task<int> ChildAsync(EdgeVisionProcess node)
    {
        var child = 0;
        await WaitAsync(() =>
        {
            var children = FfmpegTool.ChildrenOf(node.Id, "ffmpeg");
            child = children.Count > 0 ? children[0] : 0;
            return child > 0 && ReadsFrames(child);
        });
        return child;
    }

    private static async Task WaitAsync(Func<bool> until)
    {
        var patience = Stopwatch.StartNew();
        while (!until())
        {
            if (patience.Elapsed > TimeSpan.FromMinutes(1)) throw new TimeoutException("It never came.");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Stopping);
        }
    }

    private FfmpegSource Open(string uri, CameraLogin? login = null) =>
        new(FfmpegComplaintTests.Request(uri) with { Login = login ?? CameraLogin.None }, FfmpegTool.Program, _pool, TimeProvider.System);

    private static Frame Read(FfmpegSource source)
    {
        Assert.True(source.TryRead(out var frame, Stopping));
        return frame;
    }

    private static void ReadOn(FfmpegSource source)
    {
        while (true) Read(source).Dispose();
    }

    /// <summary>Of BT.601, limited: Y 145, U 54, V 34, give or take what a codec loses.</summary>
    private static void AssertGreen(Frame frame)
    {
        var (luma, chroma) = (320 * 240, 160 * 120);
        Assert.InRange(Average(frame.Pixels[..luma]), 135, 160);
        Assert.InRange(Average(frame.Pixels.Slice(luma, chroma)), 40, 70);
        Assert.InRange(Average(frame.Pixels.Slice(luma + chroma, chroma)), 20, 50);
    }

    private static double Average(ReadOnlySpan<byte> bytes)
    {
        var sum = 0L;
        foreach (var value in bytes) sum += value;
        return (double)sum / bytes.Length;
    }

    /// <summary>One server for the tests that do it no harm.</summary>
    public sealed class Server : IDisposable
    {
        private RtspServer? _server;

        /// <summary>Started by the first who asks, who is skipped where it cannot be.</summary>
        public string Address => (_server ??= RtspServer.Start()).Address;

        public void Dispose() => _server?.Dispose();
    }
}
