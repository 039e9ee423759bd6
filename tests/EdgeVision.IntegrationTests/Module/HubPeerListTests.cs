using System.Text.Json.Nodes;
using EdgeVision.IntegrationTests.Module.Live;
using EdgeVision.IntegrationTests.Simulator;
using EdgeVision.Simulator;
using Microsoft.Extensions.Time.Testing;

namespace EdgeVision.IntegrationTests.Module;

/// <summary>The list that the official Node SDK passes (tests/sdk-node), for our module, and what clients of edgeHub are known to die of. Longer with EDGEVISION_SOAK=1.</summary>
public sealed class HubPeerListTests : IDisposable
{
    private static readonly bool IsSoak = Environment.GetEnvironmentVariable("EDGEVISION_SOAK") == "1";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("environment")]
    [InlineData("connection string")]
    public async Task The_list_of_the_official_sdk(string by)
    {
        await using var hub = await Simulated.StartAsync(routes: [new Route("events", Simulated.Module, "loop")]);
        await using var node = by == "environment" ? HubNodeProcess.Start(hub, _folder.PathOf("data")) : await HubNodeProcess.StartByConnectionStringAsync(hub, _folder.PathOf("data"));
        await node.LoggedAsync("Connected to localhost");

        // Twin, desired, reported, telemetry on an output with properties.
        var version = await node.DesireAsync($$$"""{"Cameras":{"door":{{{HubNodeProcess.Camera}}}}}""");
        var reported = await node.AcknowledgedAsync(version);
        Assert.Equal(200, (int)reported["Cameras"]!["ac"]!);
        await node.MoreEventsThanAsync(0);
        var message = (await hub.MessagesAsync()).Last()!;
        Assert.Equal(("events", "application/json", "utf-8"), ((string?)message["props"]!["$.on"], (string?)message["props"]!["$.ct"], (string?)message["props"]!["$.ce"]));

        // Method and input.
        Assert.Equal(200, (await node.CallAsync("ping")).Status);
        var (_, pushed) = await hub.PostAsync($"input/{Simulated.ClientId}/commands", """{"command":"ping"}""");
        Assert.True((bool)pushed!["pushed"]!);

        // And all of it after a kick.
        await hub.PostAsync($"kick/{Simulated.ClientId}");
        Assert.Equal(200, (await node.CallAsync("ping")).Status);
        Assert.Equal(200, (int)(await node.AcknowledgedAsync(await node.DesireAsync("""{"Cameras":{"door":{"MaxFps":10}}}""")))["Cameras"]!["ac"]!);
        var before = (await node.EventsAsync()).Count;
        await node.MoreEventsThanAsync(before);
        Assert.Equal(0, await node.StopAsync());
        await node.AssertNothingIsLostAsync();
    }

    [Fact]
    public async Task A_hub_that_was_away_and_forgot_everything_finds_the_node_as_it_was()
    {
        await using var hub = await Simulated.StartAsync();
        await using var node = await BusyNodeAsync(hub);

        var before = (await node.EventsAsync()).Count;
        await hub.PostAsync($"pause?seconds={(IsSoak ? 60 : 3)}");
        await node.LoggedAsync("No link to the hub");
        await node.MoreEventsThanAsync(before + 20);

        Assert.Equal(200, (int)(await node.AcknowledgedAsync(await node.DesireAsync("""{"Cameras":{"door":{"MaxFps":15}}}""")))["Cameras"]!["ac"]!);
        Assert.Equal(200, (await node.CallAsync("ping")).Status);
        Assert.Equal(0, await node.StopAsync());
        await node.AssertNothingIsLostAsync();
    }

    [Fact]
    public async Task Desired_properties_that_changed_while_the_node_was_cut_off_arrive()
    {
        await using var hub = await Simulated.StartAsync();
        await using var node = await BusyNodeAsync(hub);

        await hub.PostAsync("pause?seconds=2");
        await node.LoggedAsync("No link to the hub");
        var version = await node.DesireAsync("""{"Cameras":{"door":null,"gate":{"Uri":"test:pattern?width=64&height=48&fps=5"}}}""");

        await node.AcknowledgedAsync(version);
        await node.ReportedAsync(r => (string?)r["status"]?["cameras"]?["gate"] == "running" && r["status"]!["cameras"]!["door"] is null);
    }

    [Fact]
    public async Task A_storm_of_kicks_costs_no_event()
    {
        await using var hub = await Simulated.StartAsync();
        await using var node = await BusyNodeAsync(hub);
        for (var i = 0; i < (IsSoak ? 20 : 4); i++)
        {
            var before = (await node.EventsAsync()).Count;
            await hub.PostAsync($"kick/{Simulated.ClientId}");
            await node.MoreEventsThanAsync(before);
        }

        Assert.Equal(200, (await node.CallAsync("ping")).Status);
        Assert.Contains("another client uses the identity", node.Log, StringComparison.Ordinal);
        Assert.Equal(0, await node.StopAsync());
        await node.AssertNothingIsLostAsync();
    }

    [Fact]
    public async Task Tokens_that_are_believed_for_a_minute_cost_no_event()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var hub = await Simulated.StartAsync(Fault.TokenOneMinute, time: clock);
        await using var node = await BusyNodeAsync(hub);
        for (var minute = 1; minute <= 2; minute++)
        {
            var before = (await node.EventsAsync()).Count;
            clock.Advance(TimeSpan.FromSeconds(61));
            await node.MoreEventsThanAsync(before + 10);
        }

        Assert.Contains("No link to the hub", node.Log, StringComparison.Ordinal);
        Assert.Equal(0, await node.StopAsync());
        await node.AssertNothingIsLostAsync();
    }

    [Fact]
    public async Task A_runtime_that_answers_in_chunks_drops_calls_and_renews_its_authority_stops_nothing()
    {
        await using var hub = await Simulated.StartAsync(Fault.Chunked | Fault.DropEleventh);
        await using var node = await BusyNodeAsync(hub);
        for (var i = 0; i < 3; i++)
        {
            var before = (await node.EventsAsync()).Count;
            await hub.PostAsync("fault/renew-ca");
            await hub.PostAsync("pause?seconds=0.5");
            await node.MoreEventsThanAsync(before + 5);
        }

        Assert.Equal(0, await node.StopAsync());
        await node.AssertNothingIsLostAsync();
    }

    [Fact]
    public async Task A_burst_of_inputs_desired_properties_and_methods_is_taken()
    {
        await using var hub = await Simulated.StartAsync();
        await using var node = await BusyNodeAsync(hub);
        var version = 0;
        for (var i = 0; i < 50; i++)
        {
            var input = hub.PostAsync($"input/{Simulated.ClientId}/commands", """{"command":"ping"}""");
            var method = hub.PostAsync($"method/{Simulated.ClientId}/ping", "{}");
            version = await node.DesireAsync($$$"""{"Cameras":{"door":{"MaxFps":{{{1 + (i % 20)}}} } } }""");
            Assert.True((bool)(await input).Body!["pushed"]!);
            Assert.Equal(200, (int)(await method).Body!["status"]!);
        }

        Assert.Equal(200, (int)(await node.AcknowledgedAsync(version))["Cameras"]!["ac"]!);
        Assert.True(node.Log.Split("Connected to localhost").Length == 2, node.Log);
        Assert.Equal(0, await node.StopAsync());
        await node.AssertNothingIsLostAsync();
    }

    [Fact]
    public async Task Garbage_in_the_twin_is_accepted_or_refused_and_the_node_goes_on()
    {
        await using var hub = await Simulated.StartAsync();
        await using var node = await BusyNodeAsync(hub);
        var (random, states) = (new Random(7), new List<string?>());
        for (var i = 0; i < (IsSoak ? 1000 : 25); i++)
        {
            var layer = JsonNode.Parse($$$"""{"Cameras":{"door":{{{HubNodeProcess.Camera}}}},"LogLevel":"warning"}""")!.AsObject();
            Garble.Once(layer, random);
            // What IoT Hub itself refuses never gets to a module.
            var (status, body) = await hub.PostAsync($"desired/{Simulated.ClientId}", new JsonObject { ["Cameras"] = null, ["LogLevel"] = null }.ToJsonString());
            (status, body) = await hub.PostAsync($"desired/{Simulated.ClientId}", layer.ToJsonString());
            if (status != 200) continue;
            var reported = await node.AcknowledgedAsync((int)body!["version"]!);
            states.Add((string?)reported["config"]!["state"]);
            // What it named besides is not to be there in the next round.
            await hub.PostAsync($"desired/{Simulated.ClientId}", new JsonObject(layer.Select(p => KeyValuePair.Create(p.Key, (JsonNode?)null))).ToJsonString());
        }

        Assert.Contains("accepted", states);
        Assert.Contains("rejected", states);
        var version = await node.DesireAsync($$$"""{"Cameras":{"door":{{{HubNodeProcess.Camera}}}}}""");
        Assert.Equal("accepted", (string?)(await node.AcknowledgedAsync(version))["config"]!["state"]);
        await node.ReportedAsync(r => (string?)r["status"]?["cameras"]?["door"] == "running");
        Assert.Equal(0, await node.StopAsync());
    }

    private async Task<HubNodeProcess> BusyNodeAsync(Simulated hub)
    {
        var node = HubNodeProcess.Start(hub, _folder.PathOf("data"));
        await node.LoggedAsync("Connected to localhost");
        await node.DesireAsync($$$"""{"Cameras":{"door":{{{HubNodeProcess.Camera}}}}}""");
        await node.MoreEventsThanAsync(5);
        return node;
    }
}
