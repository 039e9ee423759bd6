using System.Text.Json;
using EdgeVision.IntegrationTests.Imaging;
using EdgeVision.IntegrationTests.Mqtt;

namespace EdgeVision.IntegrationTests.Module;

public sealed class DoctorTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("edgevision-doctor-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task On_a_sound_machine_nothing_fails_and_nothing_is_left_behind()
    {
        var data = Path.Combine(_folder.FullName, "data");
        var (code, findings) = await ExamineAsync("--data", data);

        Assert.Equal(0, code);
        foreach (var check in (string[])["configuration", "model", "picture codec", "disk"]) Assert.Equal("ok", Level(findings, check));
        Assert.Contains("JPEG frames of cameras are decoded by", Find(findings, "picture codec").GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Contains(Level(findings, "clock"), (string[])["ok", "warn"]);
        Assert.False(Directory.Exists(data));
    }

    [Fact]
    public async Task Each_fault_is_found_with_its_fix()
    {
        var config = Path.Combine(_folder.FullName, "node.json");
        await File.WriteAllTextAsync(config, $$"""
            { "EdgeVision": {
              "Model": "nowhere",
              "DataDirectory": "/proc/nowhere",
              "Cameras": { "a": { "Uri": "file:nowhere.mjpeg" }, "b": { "Uri": "test:pattern" } },
              "Mqtt": { "Host": "127.0.0.1", "Port": {{Mosquitto.FreePort()}} } } }
            """, TestContext.Current.CancellationToken);

        var (code, findings) = await ExamineAsync("--config", config);

        Assert.Equal(1, code);
        foreach (var check in (string[])["model", "disk", "broker", "camera a"])
        {
            Assert.Equal("fail", Level(findings, check));
            Assert.NotEmpty(Find(findings, check).GetProperty("fix").GetString()!);
        }

        Assert.Equal("ok", Level(findings, "camera b"));
    }

    [Fact]
    public async Task A_camera_that_hangs_and_a_label_that_the_model_does_not_know_are_found()
    {
        var config = Path.Combine(_folder.FullName, "node.json");
        ChildProcess.Run("mkfifo", Path.Combine(_folder.FullName, "pipe.mjpeg"));
        await File.WriteAllTextAsync(config, """
            { "EdgeVision": { "Cameras": { "a": { "Uri": "file:pipe.mjpeg" }, "b": { "Uri": "test:pattern", "Classes": ["persn"] } } } }
            """, TestContext.Current.CancellationToken);

        var (code, findings) = await ExamineAsync("--config", config, "--data", Path.Combine(_folder.FullName, "data"));

        Assert.Equal(1, code);
        Assert.Equal("fail", Level(findings, "camera a"));
        Assert.Equal("ok", Level(findings, "camera b"));
        Assert.Contains("did you mean 'person'?", Find(findings, "model").GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mistaken_configuration_is_a_finding_and_the_rest_is_still_examined()
    {
        var config = Path.Combine(_folder.FullName, "node.json");
        await File.WriteAllTextAsync(config, """{ "EdgeVision": { "Bogus": 1 } }""", TestContext.Current.CancellationToken);

        var (code, findings) = await ExamineAsync("--config", config, "--data", Path.Combine(_folder.FullName, "data"));

        Assert.Equal(1, code);
        Assert.Contains("Bogus", Find(findings, "configuration").GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("ok", Level(findings, "model"));
    }

    [Fact]
    public async Task A_broker_that_accepts_us_is_fine_and_a_running_node_keeps_its_connection()
    {
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder());
        await using var run = EdgeVisionProcess.Start("run", "--camera", "test:pattern?fps=2", "--mqtt", $"127.0.0.1:{broker.Port}", "--data", Path.Combine(_folder.FullName, "run"));
        await run.LineAsync("Connected to MQTT broker", error: true);
        var config = Path.Combine(_folder.FullName, "node.json");
        await File.WriteAllTextAsync(config, $$"""{ "EdgeVision": { "Mqtt": { "Host": "127.0.0.1", "Port": {{broker.Port}} } } }""", TestContext.Current.CancellationToken);

        var (_, findings) = await ExamineAsync("--config", config, "--data", Path.Combine(_folder.FullName, "data"));

        Assert.Equal("ok", Level(findings, "broker"));
        run.Terminate();
        Assert.Equal(0, await run.ExitAsync());
        // One for events and one for the rest, and none of them a second time.
        Assert.Equal(2, run.Stderr.Split('\n').Count(l => l.Contains("Connected to MQTT broker", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Nothing_is_left_at_the_broker()
    {
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder());
        await using var everything = await MosquittoSub.StartAsync(broker.Port, "#");
        var config = Path.Combine(_folder.FullName, "node.json");
        await File.WriteAllTextAsync(config, $$"""{ "EdgeVision": { "Mqtt": { "Host": "127.0.0.1", "Port": {{broker.Port}}, "TopicPrefix": "plant/hall" } } }""", TestContext.Current.CancellationToken);

        var (_, findings) = await ExamineAsync("--config", config, "--data", Path.Combine(_folder.FullName, "data"));
        ChildProcess.Run("mosquitto_pub", "-h", "127.0.0.1", "-p", $"{broker.Port}", "-t", "marker", "-m", "x");

        Assert.Equal("ok", Level(findings, "broker"));
        Assert.Equal("marker", (await everything.NextAsync()).Topic);
    }

    [Fact]
    public async Task A_camera_whose_picture_cannot_be_read_fails_with_file_and_reason()
    {
        var pictures = _folder.CreateSubdirectory("pictures").FullName;
        await File.WriteAllTextAsync(Path.Combine(pictures, "a.jpg"), "no picture", TestContext.Current.CancellationToken);
        var cut = _folder.CreateSubdirectory("cut").FullName;
        await File.WriteAllBytesAsync(Path.Combine(cut, "b.jpg"), Pictures.Jpeg(64, 48)[..200], TestContext.Current.CancellationToken);
        var config = Path.Combine(_folder.FullName, "node.json");
        await File.WriteAllTextAsync(config, """{ "EdgeVision": { "Cameras": { "a": { "Uri": "dir:pictures" }, "b": { "Uri": "dir:cut" } } } }""", TestContext.Current.CancellationToken);

        var (code, findings) = await ExamineAsync("--config", config, "--data", Path.Combine(_folder.FullName, "data"));

        Assert.Equal(1, code);
        foreach (var (camera, reason) in (ReadOnlySpan<(string, string)>)[("camera a", "a.jpg' is text, expected a JPEG or PNG picture."), ("camera b", "b.jpg': frame 1 is a broken JPEG")])
        {
            Assert.Equal("fail", Level(findings, camera));
            Assert.Contains(reason, Find(findings, camera).GetProperty("detail").GetString(), StringComparison.Ordinal);
        }
    }

    private async Task<(int Code, JsonElement Findings)> ExamineAsync(params string[] arguments)
    {
        var report = Path.Combine(_folder.FullName, "findings.json");
        var (code, _, _) = await EdgeVisionProcess.RunAsync(["doctor", "--report", report, .. arguments]);
        return (code, JsonDocument.Parse(await File.ReadAllTextAsync(report)).RootElement.GetProperty("checks"));
    }

    private static JsonElement Find(JsonElement findings, string check) => findings.EnumerateArray().Single(f => f.GetProperty("check").GetString() == check);

    private static string Level(JsonElement findings, string check) => Find(findings, check).GetProperty("level").GetString()!;
}
