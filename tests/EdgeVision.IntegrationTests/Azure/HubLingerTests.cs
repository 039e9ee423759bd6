using System.Text.Json;
using EdgeVision.Configuration;
using EdgeVision.Delivery;
using EdgeVision.Events;
using EdgeVision.IntegrationTests.Simulator;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeVision.IntegrationTests.Azure;

/// <summary>From the outbox to the hub with the delivery loop between: what shares a message, and how long it waits for that.</summary>
public sealed class HubLingerTests : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly CancellationTokenSource _finishing = new();
    private readonly Outbox _outbox;

    public HubLingerTests() => _outbox = Outbox.Open(
        _folder.Path, OptionsReader.Defaults(OutboxOptions.Read), new NodeIdentity("node", "edgevision", "test", static () => true), ["iothub"], TimeProvider.System, NullLogger.Instance);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _outbox.DisposeAsync();
        _finishing.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Events_that_come_one_by_one_fill_their_messages_to_the_block()
    {
        await using var hub = await Simulated.StartAsync();
        await using var node = HubNode.Start(hub, o => o with { Linger = TimeSpan.FromMinutes(1) });
        var run = Run(node);
        for (var i = 0; i < 103; i++) await AppendAsync("door");
        for (var i = 0; i < 20; i++) await AppendAsync(i % 4 == 0 ? "gate" : "door");
        var full = (await hub.MessagesAsync(21)).Count;
        await _finishing.CancelAsync();
        await run;

        // Five events of these make 3.6 KB, six more than 4 KB. 118 of the one camera, 5 of the other: what does not fill a message came at the end.
        Assert.InRange(full, 21, 24);
        var sizes = (await hub.MessagesAsync()).GroupBy(m => (string)m!["props"]!["camera"]!).ToDictionary(g => g.Key, g => string.Join(' ', g.Select(m => CountOf(m!))));
        Assert.Equal(string.Join(' ', Enumerable.Repeat(5, 23)) + " 3", sizes["door"]);
        Assert.Equal("5", sizes["gate"]);
        Assert.Equal((25, 25), (node.Usage.Cameras.Sum(c => c.Messages), node.Usage.Cameras.Sum(c => c.Blocks)));
        Assert.Equal(1, node.Connection.Status.Connects);
    }

    [Fact]
    public async Task A_slow_camera_waits_for_its_own_second_beside_a_quick_one()
    {
        await using var hub = await Simulated.StartAsync();
        await using var node = HubNode.Start(hub, o => o with { Linger = TimeSpan.FromSeconds(1) });
        var run = Run(node);
        await AppendAsync("gate");
        var began = TimeProvider.System.GetTimestamp();
        // Never a second without a full message of the quick one.
        while (!(await hub.MessagesAsync()).Any(m => (string?)m!["props"]!["camera"] == "gate"))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Simulated.Patience, "The slow camera's event never came.");
            await AppendAsync("door");
        }

        Assert.True(TimeProvider.System.GetElapsedTime(began) > TimeSpan.FromSeconds(0.9));
        await _finishing.CancelAsync();
        await run;
        Assert.Equal(0, _outbox.Depth("iothub"));
    }

    [Fact]
    public async Task What_is_urgent_does_not_wait_and_leaves_the_others_waiting()
    {
        await using var hub = await Simulated.StartAsync();
        await using var node = HubNode.Start(hub, o => o with { Linger = TimeSpan.FromMinutes(1) });
        var run = Run(node);
        await AppendAsync("door");
        await _outbox.AppendAsync([new SystemEvent { Time = TimeProvider.System.GetUtcNow(), Kind = SystemEventKind.Started, Message = "now" }], Stop);

        Assert.Equal("io.edgevision.system.v1", (string?)Assert.Single(await hub.MessagesAsync(1))!["props"]!["type"]);
        Assert.Equal(2, _outbox.Depth("iothub"));     // the cursor waits for the first; the second is not sent again
        await _finishing.CancelAsync();
        await run;
        Assert.Equal(2, (await hub.MessagesAsync()).Count);
        Assert.Equal(0, _outbox.Depth("iothub"));
    }

    private static int CountOf(System.Text.Json.Nodes.JsonNode message)
    {
        using var body = JsonDocument.Parse((string)message["body"]!);
        return body.RootElement.GetArrayLength();
    }

    private Task Run(HubNode node) => new DeliveryLoop(_outbox, "iothub", node.Sink, new SinkTelemetry("iothub"), TimeProvider.System, NullLogger.Instance).RunAsync(Stop, _finishing.Token);

    private async Task AppendAsync(string camera) =>
        await _outbox.AppendAsync([new CameraEvent { Time = TimeProvider.System.GetUtcNow(), Camera = camera, State = CameraState.Recovered, Reason = new string('x', 150) }], Stop);
}
