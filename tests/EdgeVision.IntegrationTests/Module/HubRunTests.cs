using System.Text.Json;
using EdgeVision.IntegrationTests.Simulator;

namespace EdgeVision.IntegrationTests.Module;

/// <summary>The whole node as a module of the simulated IoT Edge runtime.</summary>
public sealed class HubRunTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Events_of_a_clip_arrive_at_the_hub_and_at_the_broker()
    {
        await using var hub = await Simulated.StartAsync();
        var environment = hub.Simulator.Environment.ToDictionary(v => v.Name, v => v.Value);
        environment["EDGEVISION__IOTHUB__PORT"] = $"{hub.Simulator.Port}";
        environment["EDGEVISION__MQTT__EMBEDDEDPORT"] = "0";
        var report = _folder.PathOf("report.json");
        await using var node = EdgeVisionProcess.StartWith(
            environment, "run", "--camera", $"door=file:{Repository.PathOf("samples", "media", "pedestrians.mjpeg")}", "--frames", "20", "--data", _folder.PathOf("data"), "--report", report);

        Assert.Equal(0, await node.ExitAsync());

        using var json = JsonDocument.Parse(await File.ReadAllBytesAsync(report, TestContext.Current.CancellationToken));
        var (events, published) = (json.RootElement.GetProperty("events").GetInt32(), json.RootElement.GetProperty("published"));
        Assert.Equal((events, events), (published.GetProperty("mqtt").GetInt32(), published.GetProperty("iothub").GetInt32()));
        var arrived = (await hub.MessagesAsync()).SelectMany(m => JsonDocument.Parse(m!["body"]!.GetValue<string>()).RootElement.EnumerateArray()).ToList();
        Assert.Equal(Enumerable.Range(1, events).Select(n => $"{n:D20}"), arrived.Select(e => e.GetProperty("sequence").GetString()));
        Assert.All(arrived, e => Assert.Equal($"/devices/{Simulated.Device}/modules/{Simulated.Module}", e.GetProperty("source").GetString()));
        Assert.Contains(arrived, e => e.GetProperty("type").GetString() == "io.edgevision.frame.v1");
        Assert.Contains($"Connected to localhost as {Simulated.ClientId}.", node.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Half_an_environment_is_one_sentence()
    {
        await using var node = EdgeVisionProcess.StartWith(
            new Dictionary<string, string> { ["IOTEDGE_WORKLOADURI"] = "unix:///nowhere", ["IOTEDGE_DEVICEID"] = "dev1" }, "run", "--camera", "test:pattern", "--data", _folder.PathOf("data"));

        Assert.Equal(1, await node.ExitAsync());
        Assert.Contains("IOTEDGE_WORKLOADURI is set, but IOTEDGE_IOTHUBHOSTNAME, IOTEDGE_MODULEID, IOTEDGE_MODULEGENERATIONID are not", node.Stderr, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", node.Stderr, StringComparison.Ordinal);
    }
}
