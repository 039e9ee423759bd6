using System.Text;
using EdgeVision.Mqtt.HomeAssistant;
using static EdgeVision.IntegrationTests.Mqtt.HomeAssistant.Discoveries;

namespace EdgeVision.IntegrationTests.Mqtt.HomeAssistant;

/// <summary>What a consumer of retained messages sees at a real broker: Home Assistant is one.</summary>
public sealed class DiscoveryBrokerTests
{
    private const string End = "homeassistant/end";

    [Fact]
    public async Task A_late_consumer_sees_all_entities_and_none_of_a_removed_camera()
    {
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder());
        var discovery = Of(Enabled with { Snapshot = true });
        var (both, one) = (discovery.Messages([Camera("door"), Camera("yard")], Model("person")), discovery.Messages([Camera("yard")], Model("person")));
        await using var watcher = await MosquittoSub.StartAsync(broker.Port, discovery.Filter);
        await using var desk = RunningDesk.Start(Some.Options(broker.Port), filters: [discovery.Filter]);

        Say(desk, both);
        Assert.Equal(both.Keys.Order(StringComparer.Ordinal), (await watcher.TakeAsync(both.Count)).Select(m => m.Topic).Order(StringComparer.Ordinal));
        Assert.Equal(Texts(both), await RetainedAsync(broker));

        Say(desk, one);
        var removed = await watcher.TakeAsync(both.Count - one.Count);
        Assert.All(removed, m => Assert.Equal("", m.Payload));
        Assert.Equal(HomeAssistantDiscovery.Removed(both, one), removed.Select(m => m.Topic).Order(StringComparer.Ordinal));
        Assert.Equal(Texts(one), await RetainedAsync(broker));
    }

    [Fact]
    public async Task A_camera_that_was_removed_while_the_node_was_down_is_forgotten_and_nobody_elses()
    {
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder());
        var discovery = Of(Enabled);
        var (both, one) = (discovery.Messages([Camera("door"), Camera("yard")], Model("person")), discovery.Messages([Camera("yard")], Model("person")));
        const string Neighbour = "homeassistant/sensor/gate-7__edgevision2/door__fps/config";
        const string Other = "homeassistant/sensor/kitchen/config";
        foreach (var topic in new[] { Neighbour, Other }) Publish(broker, topic, "{}");
        await using (var desk = RunningDesk.Start(Some.Options(broker.Port), filters: [discovery.Filter]))
        {
            await using var watcher = await MosquittoSub.StartAsync(broker.Port, discovery.Filter);
            Say(desk, both);
            await watcher.TakeAsync(both.Count);
        }

        await using var follower = await MosquittoSub.StartAsync(broker.Port, discovery.Filter, "-R"); // only what is new
        await using var next = RunningDesk.Start(Some.Options(broker.Port), filters: [discovery.Filter]);
        Say(next, one);
        // The desk may look before it is told of any camera, and then says again what it has removed.
        var newest = new Dictionary<string, string>(StringComparer.Ordinal);
        await follower.TakeUntilAsync(m =>
        {
            newest[m.Topic] = m.Payload;
            return both.Keys.All(t => newest.TryGetValue(t, out var payload) && (payload.Length > 0) == one.ContainsKey(t));
        });

        var seen = await RetainedAsync(broker);
        Assert.True(seen.Remove(Neighbour) && seen.Remove(Other));
        Assert.Equal(Texts(one), seen);
    }

    [Fact]
    public async Task Switched_off_it_leaves_nothing_behind()
    {
        await using var broker = await Mosquitto.StartAsync(Mosquitto.NewFolder());
        var messages = Of(Enabled).Messages([Camera("door")], Model("person"));
        foreach (var (topic, payload) in messages) Publish(broker, topic, Encoding.UTF8.GetString(payload.Span));
        await using var watcher = await MosquittoSub.StartAsync(broker.Port, Of(Enabled).Filter, "-R");

        await using var desk = RunningDesk.Start(Some.Options(broker.Port), filters: [Of(Enabled with { Enabled = false }).Filter]);

        Assert.All(await watcher.TakeAsync(messages.Count), m => Assert.Equal("", m.Payload));
        Assert.Empty(await RetainedAsync(broker));
    }

    private static void Say(RunningDesk desk, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> messages) => desk.Say([.. Texts(messages).Select(m => (m.Key, m.Value))]);

    private static SortedDictionary<string, string> Texts(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> messages) =>
        new(messages.ToDictionary(m => m.Key, m => Encoding.UTF8.GetString(m.Value.Span)), StringComparer.Ordinal);

    private static void Publish(Mosquitto broker, string topic, string payload) =>
        ChildProcess.Run("mosquitto_pub", "-h", "127.0.0.1", "-p", $"{broker.Port}", "-t", topic, "-r", "-q", "1", "-m", payload);

    /// <summary>What stands at the broker, as somebody sees it who comes now: all that is retained comes before what follows.</summary>
    private static async Task<SortedDictionary<string, string>> RetainedAsync(Mosquitto broker)
    {
        await using var late = await MosquittoSub.StartAsync(broker.Port, "homeassistant/#");
        ChildProcess.Run("mosquitto_pub", "-h", "127.0.0.1", "-p", $"{broker.Port}", "-t", End, "-q", "1", "-m", "end");
        var seen = await late.TakeUntilAsync(m => m.Topic == End);
        return new(seen.Where(m => m.Retained).ToDictionary(m => m.Topic, m => m.Payload), StringComparer.Ordinal);
    }
}
