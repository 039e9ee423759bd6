using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeVision.IntegrationTests.Simulator;

namespace EdgeVision.IntegrationTests.Module.Live;

/// <summary>The whole node, configured by the twin of the simulated hub while it runs.</summary>
public sealed class TwinRunTests : IDisposable
{
    private const string Camera = """{"Uri":"test:pattern?width=64&height=48&fps=20","Events":{"Sampling":"every"}}""";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_node_without_cameras_gets_them_from_the_twin_and_loses_them_again()
    {
        await using var hub = await Simulated.StartAsync();
        await using var node = Start(hub);
        await node.LineAsync("Connected to localhost", error: true);

        await DesireAsync(hub, $$$"""{"Cameras":{"door":{{{Camera}}},"yard":{{{Camera}}}}}""");
        await UntilAsync(hub, reported => (string?)reported["status"]?["cameras"]?["yard"] == "running");
        var reported = await UntilAsync(hub, r => (string?)r["config"]?["state"] == "accepted");
        Assert.Equal((200, "in force"), ((int)reported["Cameras"]!["ac"]!, (string?)reported["Cameras"]!["ad"]));
        Assert.Equal((int)(await hub.TwinAsync())["desired"]!["$version"]!, (int)reported["Cameras"]!["av"]!);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse($$$"""{"door":{{{Camera}}},"yard":{{{Camera}}}}"""), reported["Cameras"]!["value"]));

        await DesireAsync(hub, """{"Cameras":{"yard":{"Enabled":false}}}""");
        await UntilAsync(hub, r => r["status"]?["cameras"] is JsonObject cameras && cameras.ContainsKey("door") && !cameras.ContainsKey("yard"));

        // Back to nothing: the node waits for the next word.
        await DesireAsync(hub, """{"Cameras":null}""");
        await UntilAsync(hub, r => r["status"]?["cameras"] is null or JsonObject { Count: 0 });
        await DesireAsync(hub, $$$"""{"Cameras":{"gate":{{{Camera}}}}}""");
        await UntilAsync(hub, r => (string?)r["status"]?["cameras"]?["gate"] == "running");

        Assert.Equal(0, await StopAsync(node));
        var kinds = (await EventsAsync(hub)).Where(e => e.GetProperty("type").GetString() == "io.edgevision.system.v1").Select(e => e.GetProperty("data").GetProperty("kind").GetString()).ToList();
        Assert.Equal(4, kinds.Count(k => k == "configurationAccepted"));
        Assert.DoesNotContain("configurationRejected", kinds);
    }

    [Fact]
    public async Task What_is_wrong_is_reported_and_the_last_good_goes_on_and_survives_a_start_without_a_hub()
    {
        var data = _folder.PathOf("data");
        await using (var hub = await Simulated.StartAsync())
        {
            await using var node = Start(hub, data);
            await node.LineAsync("Connected to localhost", error: true);
            await DesireAsync(hub, $$$"""{"Cameras":{"door":{{{Camera}}}}}""");
            await UntilAsync(hub, r => (string?)r["status"]?["cameras"]?["door"] == "running");

            await DesireAsync(hub, """{"Cameras":{"door":{"MaxFps":-1}},"LogLevel":"debug"}""");
            var reported = await UntilAsync(hub, r => (string?)r["config"]?["state"] == "rejected");
            Assert.Equal((400, 424), ((int)reported["Cameras"]!["ac"]!, (int)reported["LogLevel"]!["ac"]!));
            Assert.Contains("EdgeVision:Cameras:door:MaxFps", (string?)reported["config"]!["errors"]![0], StringComparison.Ordinal);
            Assert.Equal("running", (string?)reported["status"]!["cameras"]!["door"]);
            Assert.Equal(0, await StopAsync(node));

            // No hub now: the simulator is gone, the environment still names it.
            await hub.Simulator.DisposeAsync();
            await using var again = Start(hub, data);
            await again.LineAsync("Camera door runs", error: true);
            await StopAsync(again);
        }
    }

    [Fact]
    public async Task A_mask_a_class_and_a_rate_change_without_the_camera_being_opened_again()
    {
        await using var hub = await Simulated.StartAsync();
        await using var node = Start(hub);
        await node.LineAsync("Connected to localhost", error: true);
        await DesireAsync(hub, $$$"""{"Cameras":{"door":{{{Camera}}}}}""");
        await UntilAsync(hub, r => (string?)r["status"]?["cameras"]?["door"] == "running");

        await DesireAsync(hub, """{"Cameras":{"door":{"Masks":[{"Points":"0,0 1,0 1,1"}],"Classes":["person"],"MaxFps":5,"Motion":{"Enabled":true}}}}""");
        var version = (int)(await hub.TwinAsync())["desired"]!["$version"]!;
        await UntilAsync(hub, r => (int?)r["config"]?["desired"] == version);
        await DesireAsync(hub, """{"Cameras":{"door":{"Rotate":90}}}""");
        await node.LineAsync("Rotated90", error: true);

        await StopAsync(node);
        Assert.Equal(2, node.Stderr.Split("Camera door runs").Length - 1);
    }

    [Fact]
    public async Task A_model_that_cannot_be_used_is_refused_and_another_one_takes_over()
    {
        await using var hub = await Simulated.StartAsync();
        await using var node = Start(hub);
        await node.LineAsync("Connected to localhost", error: true);
        await DesireAsync(hub, $$$"""{"Cameras":{"door":{{{Camera}}}}}""");
        await UntilAsync(hub, r => (string?)r["status"]?["cameras"]?["door"] == "running");

        await DesireAsync(hub, """{"Model":"no-such-model"}""");
        var reported = await UntilAsync(hub, r => (string?)r["config"]?["state"] == "rejected");
        Assert.Contains("'no-such-model'", ((string?)reported["Model"]!["ad"])!.Replace(Environment.CurrentDirectory + "/", "", StringComparison.Ordinal), StringComparison.Ordinal);
        await DesireAsync(hub, """{"Model":"nanodet-g-416-int8"}""");
        await UntilAsync(hub, r => (string?)r["status"]?["model"]?["name"] == "nanodet-g-416-int8");
        await UntilAsync(hub, r => (string?)r["status"]?["cameras"]?["door"] == "running");

        Assert.Equal(0, await StopAsync(node));
        Assert.Contains((await EventsAsync(hub)).Where(e => e.GetProperty("type").GetString() == "io.edgevision.frame.v1"),
            e => e.GetProperty("data").GetProperty("model").GetProperty("name").GetString() == "nanodet-g-416-int8");
    }

    [Fact]
    public async Task The_broker_changes_while_events_flow()
    {
        await using var hub = await Simulated.StartAsync();
        await using var broker = await IntegrationTests.Mqtt.Mosquitto.StartAsync(Directory.CreateTempSubdirectory("edgevision-test-").FullName);
        await using var node = Start(hub);
        await node.LineAsync("Connected to localhost", error: true);
        await DesireAsync(hub, $$$"""{"Cameras":{"door":{{{Camera}}}},"Mqtt":{"Host":"127.0.0.1","Port":{{{broker.Port}}}}}""");
        await node.LineAsync($"127.0.0.1:{broker.Port}", error: true);
        await UntilAsync(hub, r => (string?)r["status"]?["sinks"]?["mqtt"] == "ok" && (string?)r["status"]?["cameras"]?["door"] == "running");
        Assert.Equal(0, await StopAsync(node));
    }

    private EdgeVisionProcess Start(Simulated hub, string? data = null)
    {
        var environment = hub.Simulator.Environment.ToDictionary(v => v.Name, v => v.Value);
        environment["EDGEVISION__IOTHUB__PORT"] = $"{hub.Simulator.Port}";
        environment["EDGEVISION__MQTT__EMBEDDEDPORT"] = "0";
        return EdgeVisionProcess.StartWith(environment, "run", "--data", data ?? _folder.PathOf("data"));
    }

    private static Task<int> StopAsync(EdgeVisionProcess node)
    {
        node.Terminate();
        return node.ExitAsync();
    }

    private static async Task DesireAsync(Simulated hub, string patch)
    {
        var (status, body) = await hub.PostAsync($"desired/{Simulated.ClientId}", patch);
        Assert.True(status is >= 200 and < 300, $"{status} {body}");
    }

    private static async Task<JsonNode> UntilAsync(Simulated hub, Func<JsonNode, bool> isThere)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var reported = (await hub.TwinAsync())["reported"]!;
            if (isThere(reported)) return reported;
            Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(60), reported.ToJsonString());
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    private static async Task<List<JsonElement>> EventsAsync(Simulated hub) =>
        [.. (await hub.MessagesAsync()).SelectMany(m => JsonDocument.Parse(m!["body"]!.GetValue<string>()).RootElement.EnumerateArray())];
}
