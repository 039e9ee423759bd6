using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeVision.Azure.Hub;
using EdgeVision.Azure.Identity;
using EdgeVision.Delivery;
using EdgeVision.IntegrationTests.Simulator;
using EdgeVision.Simulator;

namespace EdgeVision.IntegrationTests.Azure;

/// <summary>Our connection against the simulator: over its workload socket, its TLS, its refusals.</summary>
public sealed class IotHubConnectionTests
{
    [Theory]
    [InlineData(Fault.None)]
    [InlineData(Fault.Chunked)]
    public async Task By_the_environment_of_the_runtime_events_arrive_in_batches_with_their_properties(Fault fault)
    {
        await using var hub = await Simulated.StartAsync(fault);
        await using var node = HubNode.Start(hub);

        Assert.Equal(DeliveryResult.All(7), await node.Sink.SendAsync(HubNode.Events(7), TestContext.Current.CancellationToken));

        var messages = await hub.MessagesAsync(3);
        Assert.Equal(Enumerable.Range(1, 7), Numbers(messages));
        Assert.Equal([3, 3, 1], messages.Select(m => Events(m!).Count()));
        var properties = messages[0]!["props"]!;
        Assert.Equal(("events", "application/json", "utf-8", "00000001-0000-0000-0000-000000000000"), (Text("$.on"), Text("$.ct"), Text("$.ce"), Text("$.mid")));
        Assert.Equal(("io.edgevision.frame.v1", "door", "info", "urn:edgevision:schema:event:v1"), (Text("type"), Text("camera"), Text("severity"), Text("schema")));
        Assert.Equal(Simulated.ClientId, messages[0]!["client"]!.GetValue<string>());

        string Text(string name) => properties[name]!.GetValue<string>();
    }

    [Fact]
    public async Task After_a_kick_it_hears_patches_methods_and_inputs_again()
    {
        await using var hub = await Simulated.StartAsync();
        await using var node = HubNode.Start(hub);
        await node.UntilAsync(s => s.State is HubLinkState.Connected);
        for (var round = 1; round <= 3; round++)
        {
            var patch = node.ArrivedAsync<HubArrival.DesiredPatch>();
            Assert.Equal(200, (await hub.PostAsync($"desired/{Simulated.ClientId}", $$"""{"round":{{round}}}""")).Status);
            Assert.Equal(round + 1, (await patch).Version);
            var input = node.ArrivedAsync<HubArrival.Input>();
            await hub.PostAsync($"input/{Simulated.ClientId}/commands?a=b", "{}");
            Assert.Equal(("commands", "b"), ((await input).Name, (await input).Properties["a"]));
            var method = node.ArrivedAsync<HubArrival.Method>();
            var call = hub.PostAsync($"method/{Simulated.ClientId}/ping?timeout=0.1", "{}");
            Assert.Equal("ping", (await method).Name);
            await call;

            await hub.PostAsync($"kick/{Simulated.ClientId}");
            await node.UntilAsync(s => s.State is HubLinkState.Connected && s.Connects == round + 1);
        }
    }

    [Fact]
    public async Task A_hub_that_was_away_and_forgot_everything_gets_every_event_in_order()
    {
        await using var hub = await Simulated.StartAsync();
        await using var node = HubNode.Start(hub);
        await node.DeliverAsync(HubNode.Events(30));
        var pause = hub.PostAsync("pause?seconds=3");
        await node.DeliverAsync(HubNode.Events(300, first: 31));
        Assert.Equal(200, (await pause).Status);
        await node.DeliverAsync(HubNode.Events(3, first: 331));

        // A consumer that drops repeats by message id sees each event once, in order.
        var messages = await hub.MessagesAsync();
        var once = new JsonArray([.. messages.DistinctBy(m => m!["props"]!["$.mid"]!.GetValue<string>()).Select(m => m!.DeepClone())]);
        Assert.Equal(Enumerable.Range(1, 333), Numbers(once));
        var patch = node.ArrivedAsync<HubArrival.DesiredPatch>();
        await hub.PostAsync($"desired/{Simulated.ClientId}", """{"a":1}""");
        await patch;
    }

    [Fact]
    public async Task A_renewed_authority_of_the_same_name_is_fetched_again()
    {
        await using var hub = await Simulated.StartAsync();
        await using var node = HubNode.Start(hub);
        await node.UntilAsync(s => s.State is HubLinkState.Connected);

        Assert.Equal(200, (await hub.PostAsync("fault/renew-ca")).Status);
        await hub.PostAsync($"kick/{Simulated.ClientId}");

        await node.UntilAsync(s => s.State is HubLinkState.Connected && s.Connects == 2);
        await node.DeliverAsync(HubNode.Events(3));
    }

    [Fact]
    public async Task A_token_is_renewed_ahead_of_its_end_without_waiting()
    {
        await using var hub = await Simulated.StartAsync();
        await using var node = HubNode.Start(hub, o => o with { TokenLifetime = TimeSpan.FromSeconds(5) });

        await node.UntilAsync(s => s.State is HubLinkState.Connected && s.Connects == 3);

        Assert.Null(node.Connection.Status.Reason);
        await node.DeliverAsync(HubNode.Events(3));
        Assert.Equal(Enumerable.Range(1, 3), Numbers(await hub.MessagesAsync(1)));
    }

    [Fact]
    public async Task A_link_that_lived_until_its_renewal_parts_those_that_were_thrown_out()
    {
        await using var hub = await Simulated.StartAsync();
        await using var node = HubNode.Start(hub, o => o with { TokenLifetime = TimeSpan.FromSeconds(3) });
        for (var round = 0; round < 3; round++)
        {
            var connects = node.Connection.Status.Connects;
            await node.UntilAsync(s => s.State is HubLinkState.Connected && s.Connects >= connects + 2);
            await hub.PostAsync($"kick/{Simulated.ClientId}");
            var reason = (await node.UntilAsync(s => s.State is HubLinkState.Waiting)).Reason;
            Assert.DoesNotContain("another client", reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Tokens_are_renewed_under_telemetry_without_a_gap_and_without_a_repeat()
    {
        await using var hub = await Simulated.StartAsync();
        await using var node = HubNode.Start(hub, o => o with { TokenLifetime = TimeSpan.FromSeconds(3), MessageBytes = 512 });
        var sent = 0;
        // Never a quiet moment: the next batch is there before the last one is acknowledged to the end.
        while (node.Connection.Status.Connects < 4)
        {
            await node.DeliverAsync(HubNode.Events(100, first: sent + 1));
            sent += 100;
        }

        Assert.Equal(Enumerable.Range(1, sent), Numbers(await hub.MessagesAsync()));
    }

    [Fact]
    public async Task A_message_of_the_largest_size_is_taken_and_one_byte_more_never_leaves()
    {
        await using var hub = await Simulated.StartAsync();
        await using var node = HubNode.Start(hub);
        var small = HubNode.Events(1)[0];
        var room = TelemetryMessage.MaxBytes - TelemetryMessage.BytesOf(small);
        var largest = small with { Body = Encoding.UTF8.GetBytes($$"""{"n":1,"p":"{{new string('x', 1000 + room)}}"}""") };
        var larger = HubNode.Events(1, first: 2)[0] with { Body = Encoding.UTF8.GetBytes($$"""{"n":2,"p":"{{new string('x', 1001 + room)}}"}""") };

        Assert.Equal(DeliveryResult.All(1), await node.Sink.SendAsync([largest], TestContext.Current.CancellationToken));
        var result = await node.Sink.SendAsync([larger, .. HubNode.Events(1, first: 3)], TestContext.Current.CancellationToken);

        Assert.Equal((0, DeliveryOutcome.Rejected), (result.Accepted, result.Outcome));
        Assert.Contains("Event 2 makes a message of 262145 bytes; IoT Hub takes 262144", result.Reason, StringComparison.Ordinal);
        Assert.Equal([1], Numbers(await hub.MessagesAsync(1)));
        Assert.Equal(1, node.Connection.Status.Connects);
        Assert.Equal([("door", 1, 64)], node.Usage.Cameras);
    }

    [Fact]
    public async Task A_wrong_key_is_told_with_this_machines_time()
    {
        await using var hub = await Simulated.StartAsync();
        Assert.True(HubConnectionString.TryParse(
            $"HostName={Simulated.Hub};DeviceId={Simulated.Device};ModuleId={Simulated.Module};GatewayHostName=localhost;SharedAccessKey=a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=", "It", out var login, out _));
        await using var node = HubNode.Start(login!, hub.Simulator.Port, o => o with { CaFile = hub.Simulator.CaPath });

        var status = await node.UntilAsync(s => s.State is HubLinkState.Waiting);

        Assert.StartsWith($"localhost does not let '{Simulated.ClientId}' in: its token or certificate does not hold", status.Reason, StringComparison.Ordinal);
        Assert.NotNull(status.NextAttempt);
        var result = await node.Sink.SendAsync(HubNode.Events(1), TestContext.Current.CancellationToken);
        Assert.Equal((0, DeliveryOutcome.RetryLater), (result.Accepted, result.Outcome));
    }

    [Fact]
    public async Task A_hub_that_is_not_there_and_one_of_another_authority_are_told()
    {
        await using var hub = await Simulated.StartAsync();
        var text = $"HostName={Simulated.Hub};DeviceId={Simulated.Device};ModuleId={Simulated.Module};GatewayHostName=localhost;SharedAccessKey={await hub.KeyAsync()}";
        Assert.True(HubConnectionString.TryParse(text, "It", out var login, out _));
        await using (var node = HubNode.Start(login!, Mqtt.Mosquitto.FreePort()))
            Assert.Contains("refuses connections; does edgeHub run", (await node.UntilAsync(s => s.State is HubLinkState.Waiting)).Reason, StringComparison.Ordinal);

        // The port that was tried is the one that is told.
        Assert.True(HubConnectionString.TryParse(text.Replace("=localhost;", "=localhost:1;", StringComparison.Ordinal), "It", out var named, out _));
        await using (var node = HubNode.Start(named!, hub.Simulator.Port))
            Assert.StartsWith("localhost:1 refuses connections", (await node.UntilAsync(s => s.State is HubLinkState.Waiting)).Reason, StringComparison.Ordinal);

        await using (var node = HubNode.Start(login!, hub.Simulator.Port))
            Assert.Contains("is not signed by an authority this machine trusts", (await node.UntilAsync(s => s.State is HubLinkState.Waiting)).Reason, StringComparison.Ordinal);
    }

    private static IEnumerable<JsonElement> Events(JsonNode message)
    {
        using var body = JsonDocument.Parse(message["body"]!.GetValue<string>());
        return [.. body.RootElement.EnumerateArray().Select(e => e.Clone())];
    }

    private static IEnumerable<int> Numbers(JsonArray messages) => messages.SelectMany(m => Events(m!)).Select(e => e.GetProperty("n").GetInt32());
}
