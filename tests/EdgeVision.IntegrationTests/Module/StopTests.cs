using System.Diagnostics;
using System.Text.Json;
using EdgeVision.IntegrationTests.Mqtt;

namespace EdgeVision.IntegrationTests.Module;

/// <summary>SIGTERM ends the node with 0 within 10 s, whatever hangs; and what else must not end it badly.</summary>
public sealed class StopTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("edgevision-stop-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task While_the_disk_is_full_and_a_camera_is_lost()
    {
        await using var disk = await SmallDisk.MountAsync(_folder.CreateSubdirectory("disk").FullName, megabytes: 2);
        var config = Path.Combine(_folder.FullName, "node.json");
        await File.WriteAllTextAsync(config, """
            { "EdgeVision": { "Cameras": {
              "a": { "Uri": "test:pattern?fps=20", "Events": { "Sampling": "every" } },
              "gone": { "Uri": "file:gone.mjpeg" } } } }
            """, TestContext.Current.CancellationToken);
        await using var run = EdgeVisionProcess.Start("run", "--config", config, "--data", Path.Combine(disk.Path, "data"), "--port", "0");
        await run.LineAsync("Connected to MQTT broker", error: true);
        disk.Fill();
        await run.LineAsync("cannot be written", error: true);

        await StopsInTimeAsync(run);
        Assert.Contains("they are lost. Look at the disk.", run.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_a_camera_hangs_in_the_kernel()
    {
        var pipe = Path.Combine(_folder.FullName, "pipe.mjpeg");
        ChildProcess.Run("mkfifo", pipe);
        // Opened for reading, a pipe blocks until somebody writes to it.
        await using var run = EdgeVisionProcess.Start(
            "run", "--camera", $"stuck=file:{pipe}", "--camera", "test:pattern", "--data", Path.Combine(_folder.FullName, "data"), "--port", "0");
        await run.LineAsync("Connected to MQTT broker", error: true);

        await StopsInTimeAsync(run);
        // Or, should a camera refuse pipes one day: it is lost, and nothing hangs.
        Assert.Contains("camera stuck", run.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_the_broker_welcomes_and_then_says_nothing_however_patient_the_configuration_is()
    {
        await using var broker = new MuteBroker();
        var config = Path.Combine(_folder.FullName, "node.json");
        await File.WriteAllTextAsync(config, """{ "EdgeVision": { "Mqtt": { "TimeoutMs": 120000 } } }""", TestContext.Current.CancellationToken);
        var (data, report) = (Path.Combine(_folder.FullName, "data"), Path.Combine(_folder.FullName, "report.json"));
        await using var run = EdgeVisionProcess.Start(
            "run", "--config", config, "--camera", "test:pattern", "--mqtt", $"127.0.0.1:{broker.Port}", "--data", data, "--report", report);
        await broker.Published.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        await StopsInTimeAsync(run);
        Assert.Contains("Waiting up to 4 s until the last ", run.Stderr, StringComparison.Ordinal);
        Assert.Contains("they are kept and go out after the next start.", run.Stderr, StringComparison.Ordinal);
        var outbox = JsonDocument.Parse(await File.ReadAllTextAsync(report, TestContext.Current.CancellationToken)).RootElement;
        Assert.Equal(outbox.GetProperty("events").GetInt64(), outbox.GetProperty("outbox").GetProperty("depth").GetInt64());
    }

    [Fact]
    public async Task A_stdout_that_takes_nothing_costs_neither_the_run_nor_its_report()
    {
        var report = Path.Combine(_folder.FullName, "report.json");
        var node = Path.Combine(AppContext.BaseDirectory, "EdgeVision.Module");
        var script = $"exec '{node}' run --camera test:pattern --frames 3 --port 0 --data '{_folder.FullName}/data' --report '{report}' > /dev/full";
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", script]) { RedirectStandardError = true })!;
        var stderr = await shell.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(shell.ExitCode == 0, stderr);
        Assert.Contains("Standard output cannot be written", stderr, StringComparison.Ordinal);
        Assert.Equal(3, JsonDocument.Parse(await File.ReadAllTextAsync(report, TestContext.Current.CancellationToken)).RootElement.GetProperty("frames").GetInt64());
    }

    private static async Task StopsInTimeAsync(EdgeVisionProcess run)
    {
        var asked = Stopwatch.GetTimestamp();
        run.Terminate();

        Assert.True(await run.ExitAsync(TimeSpan.FromSeconds(30)) == 0, run.Stderr);
        Assert.InRange(Stopwatch.GetElapsedTime(asked).TotalSeconds, 0, 10);
    }
}
