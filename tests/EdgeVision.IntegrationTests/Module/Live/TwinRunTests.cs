using System.Text.Json.Nodes;
using EdgeVision.IntegrationTests.Simulator;

namespace EdgeVision.IntegrationTests.Module.Live;

/// <summary>The whole node, configured by the twin of the simulated hub while it runs.</summary>
public sealed class TwinRunTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_node_without_cameras_gets_them_from_the_twin_and_loses_them_again()
    {
        await using var hub = await Simulated.StartAsync();
        await using var node = Start(hub);
        await node.LoggedAsync("Connected to localhost");

        await node.DesireAsync($$$"""{"Cameras":{"door":{{{HubNodeProcess.Camera}}},"yard":{{{HubNodeProcess.Camera}}}}}""");
        await node.ReportedAsync(reported => (string?)reported["status"]?["cameras"]?["yard"] == "running");
        var reported = await node.ReportedAsync(r => (string?)r["config"]?["state"] == "accepted");
        Assert.Equal((200, "in force"), ((int)reported["Cameras"]!["ac"]!, (string?)reported["Cameras"]!["ad"]));
        Assert.Equal((int)(await hub.TwinAsync())["desired"]!["$version"]!, (int)reported["Cameras"]!["av"]!);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse($$$"""{"door":{{{HubNodeProcess.Camera}}},"yard":{{{HubNodeProcess.Camera}}}}"""), reported["Cameras"]!["value"]));

        await node.DesireAsync("""{"Cameras":{"yard":{"Enabled":false}}}""");
        await node.ReportedAsync(r => r["status"]?["cameras"] is JsonObject cameras && cameras.ContainsKey("door") && !cameras.ContainsKey("yard"));

        // Back to nothing: the node waits for the next word.
        await node.DesireAsync("""{"Cameras":null}""");
        await node.ReportedAsync(r => r["status"]?["cameras"] is null or JsonObject { Count: 0 });
        await node.DesireAsync($$$"""{"Cameras":{"gate":{{{HubNodeProcess.Camera}}}}}""");
        await node.ReportedAsync(r => (string?)r["status"]?["cameras"]?["gate"] == "running");

        Assert.Equal(0, await node.StopAsync());
        var kinds = (await node.EventsAsync()).Where(e => e.GetProperty("type").GetString() == "io.edgevision.system.v1").Select(e => e.GetProperty("data").GetProperty("kind").GetString()).ToList();
        Assert.Equal(4, kinds.Count(k => k == "configurationAccepted"));
        Assert.DoesNotContain("configurationRejected", kinds);
    }

    [Fact]
    public async Task What_is_wrong_is_reported_and_the_last_good_goes_on_and_survives_a_start_without_a_hub()
    {
        var data = _folder.PathOf("data");
        await using (var hub = await Simulated.StartAsync())
        {
            await using var node = HubNodeProcess.Start(hub, data);
            await node.LoggedAsync("Connected to localhost");
            await node.DesireAsync($$$"""{"Cameras":{"door":{{{HubNodeProcess.Camera}}}}}""");
            await node.ReportedAsync(r => (string?)r["status"]?["cameras"]?["door"] == "running");

            await node.DesireAsync("""{"Cameras":{"door":{"MaxFps":-1}},"LogLevel":"debug"}""");
            var reported = await node.ReportedAsync(r => (string?)r["config"]?["state"] == "rejected");
            Assert.Equal((400, 424), ((int)reported["Cameras"]!["ac"]!, (int)reported["LogLevel"]!["ac"]!));
            Assert.Contains("EdgeVision:Cameras:door:MaxFps", (string?)reported["config"]!["errors"]![0], StringComparison.Ordinal);
            Assert.Equal("running", (string?)reported["status"]!["cameras"]!["door"]);

            // What was in force is wished for again: nothing changes, but the refusal is over, and the log says so.
            var version = await node.DesireAsync("""{"Cameras":{"door":{"MaxFps":null}},"LogLevel":null}""");
            await node.LoggedAsync($"The configuration from the hub, version {version}, is in force");
            Assert.Equal(0, await node.StopAsync());

            // No hub now: the simulator is gone, the environment still names it.
            await hub.Simulator.DisposeAsync();
            await using var again = HubNodeProcess.Start(hub, data);
            await again.LoggedAsync("Camera door runs");
            await again.StopAsync();
        }
    }

    [Fact]
    public async Task A_mask_a_class_and_a_rate_change_without_the_camera_being_opened_again()
    {
        await using var hub = await Simulated.StartAsync();
        await using var node = Start(hub);
        await node.LoggedAsync("Connected to localhost");
        await node.DesireAsync($$$"""{"Cameras":{"door":{{{HubNodeProcess.Camera}}}}}""");
        await node.ReportedAsync(r => (string?)r["status"]?["cameras"]?["door"] == "running");

        await node.AcknowledgedAsync(await node.DesireAsync("""{"Cameras":{"door":{"Masks":[{"Points":"0,0 1,0 1,1"}],"Classes":["person"],"MaxFps":5,"Motion":{"Enabled":true}}}}"""));
        await node.DesireAsync("""{"Cameras":{"door":{"Rotate":90}}}""");
        await node.LoggedAsync("Rotated90");

        await node.StopAsync();
        Assert.Equal(2, node.Log.Split("Camera door runs").Length - 1);
    }

    [Fact]
    public async Task A_model_that_cannot_be_used_is_refused_and_another_one_takes_over()
    {
        await using var hub = await Simulated.StartAsync();
        await using var node = Start(hub);
        await node.LoggedAsync("Connected to localhost");
        await node.DesireAsync($$$"""{"Cameras":{"door":{{{HubNodeProcess.Camera}}}}}""");
        await node.ReportedAsync(r => (string?)r["status"]?["cameras"]?["door"] == "running");

        await node.DesireAsync("""{"Model":"no-such-model"}""");
        var reported = await node.ReportedAsync(r => (string?)r["config"]?["state"] == "rejected");
        Assert.Contains("'no-such-model'", ((string?)reported["Model"]!["ad"])!.Replace(Environment.CurrentDirectory + "/", "", StringComparison.Ordinal), StringComparison.Ordinal);
        await node.DesireAsync("""{"Model":"nanodet-g-416-int8"}""");
        await node.ReportedAsync(r => (string?)r["status"]?["model"]?["name"] == "nanodet-g-416-int8");
        await node.ReportedAsync(r => (string?)r["status"]?["cameras"]?["door"] == "running");

        Assert.Equal(0, await node.StopAsync());
        Assert.Contains((await node.EventsAsync()).Where(e => e.GetProperty("type").GetString() == "io.edgevision.frame.v1"),
            e => e.GetProperty("data").GetProperty("model").GetProperty("name").GetString() == "nanodet-g-416-int8");
    }

    [Fact]
    public async Task The_broker_changes_while_events_flow()
    {
        await using var hub = await Simulated.StartAsync();
        await using var broker = await IntegrationTests.Mqtt.Mosquitto.StartAsync(Directory.CreateTempSubdirectory("edgevision-test-").FullName);
        await using var node = Start(hub);
        await node.LoggedAsync("Connected to localhost");
        await node.DesireAsync($$$"""{"Cameras":{"door":{{{HubNodeProcess.Camera}}}},"Mqtt":{"Host":"127.0.0.1","Port":{{{broker.Port}}}}}""");
        await node.LoggedAsync($"127.0.0.1:{broker.Port}");
        await node.ReportedAsync(r => (string?)r["status"]?["sinks"]?["mqtt"] == "ok" && (string?)r["status"]?["cameras"]?["door"] == "running");
        Assert.Equal(0, await node.StopAsync());
    }

    [Fact]
    public async Task Sinks_come_and_go_while_events_flow_and_one_that_comes_back_goes_on_where_it_was()
    {
        var arrived = new SemaphoreSlim(0);
        using var receiver = Webhooks.Receiver.Start(_ =>
        {
            arrived.Release();
            return 204;
        });
        var plant = $$$"""{"Url":"{{{receiver.Url}}}"}""";
        await using var hub = await Simulated.StartAsync();
        await using var node = Start(hub);
        await node.LoggedAsync("Connected to localhost");

        await node.DesireAsync($$$$"""{"Cameras":{"door":{{{{HubNodeProcess.Camera}}}} },"Webhooks":{"plant":{{{{plant}}}} },"Mqtt":{"Also":{"lite":{"Preset":"compact","TopicPrefix":"lite"}}}}""");
        Assert.True(await arrived.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken), "Nothing was posted.");
        await node.ReportedAsync(r => (string?)r["status"]?["sinks"]?["webhook-plant"] == "ok" && (string?)r["status"]?["sinks"]?["mqtt-lite"] == "ok");

        await node.DesireAsync("""{"Webhooks":{"plant":null},"Mqtt":{"Also":null}}""");
        await node.ReportedAsync(r => r["status"]?["sinks"] is JsonObject sinks && !sinks.ContainsKey("webhook-plant") && !sinks.ContainsKey("mqtt-lite"));
        var before = receiver.Requests.ToArray();
        while (arrived.Wait(0, CancellationToken.None))
        {
            // Those are counted.
        }

        await node.DesireAsync($$$"""{"Webhooks":{"plant":{{{plant}}}}}""");
        Assert.True(await arrived.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken), "Nothing was posted any more.");

        Assert.True(receiver.Requests.Skip(before.Length).First().Sequences[0] > before[^1].Sequences[^1], "What was delivered came again.");
        Assert.Equal(0, await node.StopAsync());
    }

    private HubNodeProcess Start(Simulated hub) => HubNodeProcess.Start(hub, _folder.PathOf("data"));
}
