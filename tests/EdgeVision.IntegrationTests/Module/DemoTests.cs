using System.Text.Json;

namespace EdgeVision.IntegrationTests.Module;

public sealed class DemoTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("edgevision-demo-test-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Demo_shows_real_detections_and_reports_what_the_broker_acknowledged()
    {
        var report = Path.Combine(_folder.FullName, "report.json");

        var (code, stdout, stderr) = await EdgeVisionProcess.RunAsync("demo", "--frames", "30", "--report", report, "--no-page");

        Assert.True(code == 0, stderr);
        Assert.Matches(@"mosquitto_sub -h 127\.0\.0\.1 -p \d+ -t 'edgevision/[^/]+/#' -v", stdout);
        Assert.Contains("person", stdout, StringComparison.Ordinal);
        var json = JsonDocument.Parse(await File.ReadAllTextAsync(report, TestContext.Current.CancellationToken)).RootElement;
        Assert.Equal(30, json.GetProperty("frames").GetInt64());
        Assert.InRange(json.GetProperty("detections").GetInt64(), 30, 600);
        Assert.InRange(json.GetProperty("events").GetInt64(), 3, 40);
        Assert.Equal(json.GetProperty("events").GetInt64(), json.GetProperty("published").GetProperty("mqtt").GetInt64());
        Assert.Equal(0, json.GetProperty("outbox").GetProperty("depth").GetInt64());
        Assert.InRange(json.GetProperty("latencyMs").GetProperty("p50").GetDouble(), 0.1, 10_000);
        Assert.Equal("nanodet-g-416", json.GetProperty("model").GetProperty("name").GetString());
    }

    [Fact]
    public async Task Demo_takes_a_free_port_when_its_own_is_taken_and_says_so()
    {
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        var port = ((System.Net.IPEndPoint)taken.LocalEndpoint).Port;

        var (code, stdout, stderr) = await EdgeVisionProcess.RunAsync("demo", "--frames", "5", "--port", $"{port}");

        Assert.True(code == 0, stderr);
        Assert.Contains("mosquitto_sub", stdout, StringComparison.Ordinal);
        Assert.DoesNotContain($"-p {port} ", stdout, StringComparison.Ordinal);
        Assert.Contains($"{port}", stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Demo_leaves_nothing_behind()
    {
        var temp = Path.Combine(_folder.FullName, "tmp");
        Directory.CreateDirectory(temp);
        await using var demo = EdgeVisionProcess.StartWith(new Dictionary<string, string> { ["TMPDIR"] = temp }, "demo", "--frames", "3", "--port", "0");

        Assert.Equal(0, await demo.ExitAsync());
        Assert.Empty(Directory.EnumerateFileSystemEntries(temp, "edgevision-demo-*"));
    }
}
