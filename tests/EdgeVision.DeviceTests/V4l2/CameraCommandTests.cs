using System.Diagnostics;
using System.Text.Json;
using EdgeVision.Capture;
using EdgeVision.Frames;
using EdgeVision.Imaging;

namespace EdgeVision.DeviceTests.V4l2;

public sealed class CameraCommandTests
{
    [Fact]
    public async Task List_names_the_cameras_with_driver_bus_and_the_name_that_stays()
    {
        Guest.Require();
        Directory.CreateDirectory("/dev/v4l/by-id");
        var link = "/dev/v4l/by-id/usb-edgevision_door-video-index0";
        File.CreateSymbolicLink(link, "../../video1");
        try
        {
            var (code, stdout, stderr) = await EdgeVisionCommand.RunAsync("camera", "list");
            Assert.True(code == 0, stderr);
            var line = Assert.Single(stdout.Split('\n'), l => l.Contains("/dev/video1", StringComparison.Ordinal));
            Assert.Contains("platform:vivid-001", line, StringComparison.Ordinal);
            Assert.Contains(link, line, StringComparison.Ordinal);
            Assert.DoesNotContain("/dev/video10", stdout, StringComparison.Ordinal);     // a loopback without a writer is an output
            Assert.Contains("3 nodes more", stderr, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(link);
        }
    }

    [Fact]
    public async Task Report_of_the_list_has_devices_formats_and_users()
    {
        Guest.Require();
        using var holder = Process.Start(new ProcessStartInfo("/bin/bash", ["-c", "exec 3<>/dev/video1; echo open; read"]) { RedirectStandardOutput = true, RedirectStandardInput = true })!;
        try
        {
            await holder.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
            var devices = (await EdgeVisionCommand.ReportAsync("camera", "list")).GetProperty("devices").EnumerateArray().ToDictionary(d => d.GetProperty("path").GetString()!);
            Assert.Superset(new HashSet<string> { "/dev/video0", "/dev/video1", "/dev/video10", "/dev/video11" }, devices.Keys.ToHashSet());
            Assert.Equal(("camera", "vivid"), (Text(devices["/dev/video0"], "what"), Text(devices["/dev/video0"], "driver")));
            Assert.Equal(("output", "v4l2 loopback"), (Text(devices["/dev/video10"], "what"), Text(devices["/dev/video10"], "driver")));
            var user = Assert.Single(devices["/dev/video1"].GetProperty("usedBy").EnumerateArray());
            Assert.Equal(("bash", holder.Id), (Text(user, "name"), user.GetProperty("process").GetInt32()));

            var yuyv = devices["/dev/video0"].GetProperty("formats").EnumerateArray().Single(f => Text(f, "fourCc") == "YUYV");
            Assert.True(yuyv.GetProperty("readable").GetBoolean());
            var vga = yuyv.GetProperty("sizes").EnumerateArray().Single(s => s.GetProperty("width").GetInt32() == 640 && s.GetProperty("height").GetInt32() == 480);
            Assert.Equal(25, vga.GetProperty("maxFps").GetDouble());
            Assert.Contains(12.5, vga.GetProperty("fps").EnumerateArray().Select(f => f.GetDouble()));
        }
        finally
        {
            holder.Kill();
        }
    }

    [Fact]
    public async Task Show_has_formats_and_controls_with_range_default_value_and_items()
    {
        Guest.Require();
        var (code, stdout, stderr) = await EdgeVisionCommand.RunAsync("camera", "show", "/dev/video0");
        Assert.True(code == 0, stderr);
        Assert.Contains("/dev/video0: vivid, driver vivid, bus platform:vivid-000", stdout, StringComparison.Ordinal);
        Assert.Contains("640×480", stdout, StringComparison.Ordinal);
        Assert.Matches("brightness +0 … 255 +128 +[0-9]+", stdout);
        Assert.Contains("Menu Item 1, Menu Item 3, Menu Item 4", stdout, StringComparison.Ordinal);

        Assert.Matches("EdgeVision takes [A-Z0-9]{4} [0-9]+×[0-9]+ at [0-9.]+ fps", stdout);
        Assert.Contains("  v4l2:///dev/video0?width=", stdout, StringComparison.Ordinal);

        var sheet = await EdgeVisionCommand.ReportAsync("camera", "show", "v4l2:///dev/video0?width=640");
        var menu = sheet.GetProperty("controls").EnumerateArray().Single(c => Text(c, "name") == "menu");
        Assert.Equal(("menu", "Menu Item 3"), (Text(menu, "kind"), Text(menu, "default")));
        Assert.Equal(3, menu.GetProperty("items").GetArrayLength());

        // What is proposed works as it stands.
        await SnapshotAsync(sheet.GetProperty("uri").GetString()!, picture => Assert.True(picture.Width >= 640));
    }

    [Theory]
    [InlineData("YUYV")]
    [InlineData("UYVY")]
    [InlineData("NV12")]
    [InlineData("NV21")]
    [InlineData("YU12")]
    [InlineData("GREY")]
    [InlineData("RGB3")]
    [InlineData("BGR3")]
    public void A_picture_of_every_raw_format_shows_the_same_bars(string format)
    {
        Guest.Require();
        Assert.True(CameraUri.TryParse($"v4l2:///dev/video0?width=640&height=480&format={format}", "/", out var uri, out var error), error);
        var pool = new FramePool();
        var path = Path.Combine(Path.GetTempPath(), $"{format}.png");
        using (var source = FrameSources.Open(uri, pool, TimeProvider.System))
        {
            Assert.True(source.TryRead(out var frame, TestContext.Current.CancellationToken));
            using (frame) PictureWriter.Save(frame, path);
        }

        using (var picture = PictureFile.Load(path, pool, TimeProvider.System)) Bars(picture, isGrey: format == "GREY");
        Assert.Equal(0, pool.Rented);
    }

    private static void Bars(Frame picture, bool isGrey)
    {
        Assert.Equal((640, 480), (picture.Width, picture.Height));
        // vivid's colour bars, 75 %: white, yellow, cyan, green, magenta, red, blue, black.
        (byte Red, byte Green, byte Blue)[] bars = [(191, 191, 191), (191, 191, 0), (0, 191, 191), (0, 191, 0), (191, 0, 191), (191, 0, 0), (0, 0, 191), (0, 0, 0)];
        for (var bar = 0; bar < bars.Length; bar++)
        {
            var pixel = picture.Pixels.Slice((picture.Format.Stride * 400) + (((80 * bar) + 40) * 4), 3);
            var (red, green, blue) = bars[bar];
            if (isGrey) red = green = blue = (byte)((0.299 * red) + (0.587 * green) + (0.114 * blue));
            Assert.InRange(pixel[0], blue - 25, blue + 25);
            Assert.InRange(pixel[1], green - 25, green + 25);
            Assert.InRange(pixel[2], red - 25, red + 25);
        }
    }

    [Theory]
    [InlineData("v4l2:///dev/video0?width=641&height=480", "it does not offer 641×480; it offers")]
    [InlineData("/dev/video10", "gives no pictures now")]
    public async Task What_cannot_be_taken_is_explained(string camera, string sentence)
    {
        Guest.Require();
        var (code, _, stderr) = await EdgeVisionCommand.RunAsync("camera", "snapshot", camera, "--output", "/tmp/never.png");
        Assert.Equal(1, code);
        Assert.Contains(sentence, stderr, StringComparison.Ordinal);
        Assert.False(File.Exists("/tmp/never.png"));
    }

    [Theory]
    [InlineData("/dev/video99", "There is no camera '/dev/video99': there are /dev/video0 (vivid, platform:vivid-000)")]
    [InlineData("/dev/video10", "/dev/video10 (Dummy video device (0x0000), v4l2 loopback) gives no frames: it is for output. edgevision camera list shows the cameras.")]
    [InlineData("/dev/null", "'/dev/null' is no video device; there are /dev/video0")]
    public async Task What_cannot_be_shown_is_explained(string device, string sentence)
    {
        Guest.Require();
        var (code, _, stderr) = await EdgeVisionCommand.RunAsync("camera", "show", device);
        Assert.Equal(1, code);
        Assert.StartsWith(sentence, stderr, StringComparison.Ordinal);
    }

    private static async Task SnapshotAsync(string camera, Action<Frame> judge)
    {
        var path = Path.Combine(Path.GetTempPath(), $"snapshot-{Guid.NewGuid():N}.png");
        try
        {
            var (code, _, stderr) = await EdgeVisionCommand.RunAsync("camera", "snapshot", camera, "--output", path);
            Assert.True(code == 0, stderr);
            var pool = new FramePool();
            using (var picture = PictureFile.Load(path, pool, TimeProvider.System)) judge(picture);
            Assert.Equal(0, pool.Rented);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
