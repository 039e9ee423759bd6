using System.Diagnostics;
using System.Text.Json;
using EdgeVision.Capture;
using EdgeVision.Frames;

namespace EdgeVision.DeviceTests.V4l2;

/// <summary>What <c>doctor</c> and <c>run</c> say of cameras that are well, and of those that are not.</summary>
public sealed class CameraDoctorTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("edgevision-cameras-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Each_camera_is_examined_and_each_fault_told_with_its_fix()
    {
        Guest.Require();
        var findings = await ExamineAsync("""
            "well": { "Uri": "v4l2:///dev/video0?width=640&height=480" },
            "place": { "Uri": "v4l2:platform:vivid-001" },
            "missing": { "Uri": "v4l2:///dev/video99" },
            "elsewhere": { "Uri": "v4l2:usb-0000:00:14.0-1" },
            "format": { "Uri": "v4l2:///dev/video1?format=MJPG" },
            "idle": { "Uri": "v4l2:///dev/video11" }
            """);
        Assert.Equal("ok", findings["video devices"].Level);
        Assert.Contains("/dev/video1 (vivid)", findings["video devices"].Text, StringComparison.Ordinal);
        Assert.Equal("ok", findings["camera well"].Level);
        Assert.Contains("640 × 480", findings["camera well"].Text, StringComparison.Ordinal);
        Assert.Equal("ok", findings["camera place"].Level);
        Fails("missing", "There is no camera '/dev/video99': there are /dev/video0");
        Fails("elsewhere", "No camera is plugged in at 'usb-0000:00:14.0-1'");
        Fails("format", "it does not offer MJPG; it offers");
        Fails("idle", "a v4l2loopback device is one only while a program writes to it");

        void Fails(string camera, string sentence)
        {
            Assert.Equal("fail", findings[$"camera {camera}"].Level);
            Assert.Contains(sentence, findings[$"camera {camera}"].Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_camera_that_another_process_streams_from_is_busy_and_the_process_is_named()
    {
        Guest.Require();
        // The other process is this one.
        var pool = new FramePool();
        Assert.True(CameraUri.TryParse("v4l2:///dev/video1?width=320&height=180", "/", out var uri, out var error), error);
        using (var source = FrameSources.Open(uri, pool, TimeProvider.System))
        {
            Assert.True(source.TryRead(out var frame, TestContext.Current.CancellationToken));
            frame.Dispose();
            var findings = await ExamineAsync("\"door\": { \"Uri\": \"v4l2:///dev/video1\" }");
            Assert.Equal("fail", findings["camera door"].Level);
            Assert.Contains($"The camera '/dev/video1' is busy: EdgeVision.Devi (process {Environment.ProcessId}) holds it; stop that, or name another camera.", findings["camera door"].Text, StringComparison.Ordinal);
        }

        Assert.Equal(0, pool.Rented);
    }

    [Fact]
    public async Task A_user_who_may_not_open_the_camera_is_told_the_group_to_join()
    {
        Guest.Require();
        ChangeGroup("video");
        try
        {
            var (code, stdout, stderr) = await EdgeVisionCommand.RunAsNobodyAsync("camera", "show", "/dev/video0");
            Assert.Equal((1, ""), (code, stdout));
            Assert.Matches("^This user \\(.*\\) may not open '/dev/video0'; it belongs to the group video \\(44\\): run sudo usermod -aG video .* and log in again, or start the container with --device /dev/video0 --group-add 44.$", stderr.Trim());
        }
        finally
        {
            ChangeGroup("root");
        }

        static void ChangeGroup(string group)
        {
            using var chgrp = Process.Start("chgrp", [group, "/dev/video0"]);
            Assert.True(chgrp.WaitForExit(10_000));
        }
    }

    [Fact]
    public async Task A_node_sets_the_controls_of_its_configuration_and_warns_of_those_it_cannot()
    {
        Guest.Require();
        var config = await ConfigureAsync("""
            "door": { "Uri": "v4l2:///dev/video1?width=640&height=480", "Controls": { "contrast": 77, "brightness": 300, "gain": 12, "hue": "left" } }
            """);
        var (code, stdout, stderr) = await EdgeVisionCommand.RunAsync("run", "--config", config, "--data", _folder.FullName, "--frames", "2", "--port", "0");
        Assert.True(code == 0, stderr);
        var said = stdout + stderr;
        Assert.Contains("Control brightness of /dev/video1 takes whole numbers of 0 … 255, and '300' was wanted; the nearest is 255.", said, StringComparison.Ordinal);
        Assert.Contains("Control hue of /dev/video1 takes whole numbers of -128 … 128, and 'left' was wanted.", said, StringComparison.Ordinal);

        var sheet = await EdgeVisionCommand.ReportAsync("camera", "show", "/dev/video1");
        var now = sheet.GetProperty("controls").EnumerateArray().ToDictionary(c => c.GetProperty("name").GetString()!, c => c.GetProperty("value").GetString());
        Assert.Equal(("77", "12", "off"), (now["contrast"], now["gain"], now["gain_automatic"]));
    }

    private async Task<Dictionary<string, (string Level, string Text)>> ExamineAsync(string cameras)
    {
        var report = Path.Combine(_folder.FullName, "findings.json");
        await EdgeVisionCommand.RunAsync("doctor", "--config", await ConfigureAsync(cameras), "--data", Path.Combine(_folder.FullName, "data"), "--report", report);
        using var findings = JsonDocument.Parse(await File.ReadAllBytesAsync(report, TestContext.Current.CancellationToken));
        return findings.RootElement.GetProperty("checks").EnumerateArray().ToDictionary(
            c => c.GetProperty("check").GetString()!,
            c => (c.GetProperty("level").GetString()!, $"{c.GetProperty("detail").GetString()} {c.GetProperty("fix").GetString()}"));
    }

    private async Task<string> ConfigureAsync(string cameras)
    {
        var config = Path.Combine(_folder.FullName, "node.json");
        await File.WriteAllTextAsync(config, $$"""{ "EdgeVision": { "Cameras": { {{cameras}} } } }""", TestContext.Current.CancellationToken);
        return config;
    }
}
