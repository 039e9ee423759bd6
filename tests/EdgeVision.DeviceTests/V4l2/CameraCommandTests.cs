using System.Diagnostics;
using System.Text.Json;

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
            Assert.Contains("2 nodes more", stderr, StringComparison.Ordinal);
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
            Assert.Equal(["/dev/video0", "/dev/video1", "/dev/video10", "/dev/video11"], devices.Keys.Order(StringComparer.Ordinal).OrderBy(k => k.Length));
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

        var sheet = await EdgeVisionCommand.ReportAsync("camera", "show", "v4l2:///dev/video0?width=640");
        var menu = sheet.GetProperty("controls").EnumerateArray().Single(c => Text(c, "name") == "menu");
        Assert.Equal(("menu", "Menu Item 3"), (Text(menu, "kind"), Text(menu, "default")));
        Assert.Equal(3, menu.GetProperty("items").GetArrayLength());
    }

    [Theory]
    [InlineData("/dev/video99", "'/dev/video99' is no video device; cameras here are /dev/video0, /dev/video1 (edgevision camera list).")]
    [InlineData("/dev/video10", "/dev/video10 (Dummy video device (0x0000), v4l2 loopback) gives no frames: it is for output. edgevision camera list shows the cameras.")]
    public async Task What_cannot_be_shown_is_explained(string device, string sentence)
    {
        Guest.Require();
        var (code, _, stderr) = await EdgeVisionCommand.RunAsync("camera", "show", device);
        Assert.Equal((1, sentence), (code, stderr.Trim()));
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
