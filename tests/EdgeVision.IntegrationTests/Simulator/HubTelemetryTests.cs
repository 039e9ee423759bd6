using System.Text.Json.Nodes;
using EdgeVision.Simulator;

namespace EdgeVision.IntegrationTests.Simulator;

public sealed class HubTelemetryTests
{
    private const int Limit = 262_144;

    [Fact]
    public async Task A_message_is_seen_with_its_properties_decoded()
    {
        await using var hub = await Simulated.StartAsync();
        await using var peer = await hub.ConnectAsync();

        await peer.PublishAsync(hub.Events + "%24.on=events&%24.ct=application%2Fjson&$.mid=7&site=gate%20%231%20%2B%2050%25%20%C3%A9%2Fx%3Dy&empty=&null/", """{"count":3}""");

        var message = Assert.Single(await hub.MessagesAsync())!;
        Assert.Equal("dev1/vision", (string?)message["client"]);
        Assert.Equal("""{"count":3}""", (string?)message["body"]);
        var expected = new JsonObject { ["$.on"] = "events", ["$.ct"] = "application/json", ["$.mid"] = "7", ["site"] = "gate #1 + 50% é/x=y", ["empty"] = "", ["null"] = null };
        Assert.True(JsonNode.DeepEquals(expected, message["props"]), message["props"]!.ToJsonString());
        Assert.True(DateTimeOffset.TryParse((string?)message["at"], out _));
    }

    [Theory]
    [InlineData("a system property twice", "%24.on=a&%24.on=b")]
    [InlineData("the same, encoded and not", "%24.on=a&$.on=b")]
    [InlineData("an application property twice", "a=1&a=1")]
    [InlineData("a lone percent sign", "a=50%")]
    [InlineData("bytes that are no UTF-8", "a=%C3%28")]
    [InlineData("a second equal sign", "a=b=c")]
    [InlineData("a property without a name", "=b")]
    public async Task A_bag_that_is_wrong_is_acknowledged_and_lost(string name, string bag)
    {
        await using var hub = await Simulated.StartAsync();
        await using var peer = await hub.ConnectAsync();

        await peer.PublishAsync(hub.Events + bag, "lost"); // comes back: there is a PUBACK
        await peer.PublishAsync(hub.Events, "kept");

        Assert.True((string?)Assert.Single(await hub.MessagesAsync())!["body"] == "kept", name);
        Assert.True(hub.HasLogged("acknowledged and lost"), name);
    }

    [Theory]
    [InlineData("devices/dev1/modules/other/messages/events/")]
    [InlineData("devices/dev1/messages/events/")]
    [InlineData("devices/dev1/modules/vision/messages/event/")]
    [InlineData("devices/dev1/modules/vision/messages/events/a=b/c=d")]
    [InlineData("Devices/dev1/modules/vision/messages/events/")]
    [InlineData("$iothub/twin/GET/")]
    [InlineData("$iothub/methods/res/x/?$rid=1")]
    [InlineData("anything")]
    public async Task A_topic_that_matches_nothing_is_acknowledged_and_lost(string topic)
    {
        await using var hub = await Simulated.StartAsync();
        await using var peer = await hub.ConnectAsync();

        await peer.PublishAsync(topic, "lost");

        Assert.Empty(await hub.MessagesAsync());
        Assert.True(hub.HasLogged("acknowledged and lost"));
    }

    [Fact]
    public async Task QoS_2_ends_the_connection()
    {
        await using var hub = await Simulated.StartAsync();
        await using var peer = await hub.ConnectAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => peer.PublishAsync(hub.Events, "twice is too much", quality: 2));

        await peer.Ended;
        Assert.Empty(await hub.MessagesAsync());
    }

    [Theory]
    [InlineData("as much as is allowed", "", Limit, true)]
    [InlineData("a byte more", "", Limit + 1, false)]
    [InlineData("270 KB", "", 270_000, false)]
    [InlineData("names and values of application properties count", "ab=cd", Limit - 4, true)]
    [InlineData("one byte too many with properties", "ab=cd", Limit - 3, false)]
    [InlineData("of system properties the values count", "%24.on=cd", Limit - 2, true)]
    [InlineData("one byte too many with a system property", "%24.on=cd", Limit - 1, false)]
    [InlineData("decoded", "ab=%C3%A9", Limit - 4, true)]
    public async Task A_message_beyond_256_KB_ends_the_connection(string name, string bag, int bytes, bool fits)
    {
        await using var hub = await Simulated.StartAsync();
        await using var peer = await hub.ConnectAsync();
        var body = new byte[bytes];
        body.AsSpan().Fill((byte)'x');

        if (fits)
        {
            await peer.PublishAsync(hub.Events + bag, body);
            Assert.True(((string?)Assert.Single(await hub.MessagesAsync())!["body"])!.Length == bytes, name);
        }
        else
        {
            await Assert.ThrowsAnyAsync<Exception>(() => peer.PublishAsync(hub.Events + bag, body));
            await peer.Ended;
            Assert.True((await hub.MessagesAsync()).Count == 0, name);
        }
    }

    [Fact]
    public async Task A_retained_message_is_not_retained_and_says_so()
    {
        await using var hub = await Simulated.StartAsync();
        await using var peer = await hub.ConnectAsync();

        await peer.PublishAsync(hub.Events + "a=1", "x"u8.ToArray(), retain: true);

        Assert.Equal("""{"a":"1","mqtt-retain":"true"}""", Assert.Single(await hub.MessagesAsync())!["props"]!.ToJsonString());
    }

    [Fact]
    public async Task The_will_of_a_lost_connection_is_telemetry()
    {
        await using var hub = await Simulated.StartAsync();
        await using var peer = await HubPeer.OpenAsync(hub, await hub.TokenAsync(), willTopic: hub.Events + "a=1");
        await peer.PublishAsync(hub.Events, "alive");

        peer.Abort();

        var messages = await hub.MessagesAsync(2);
        Assert.Equal(["alive", "gone"], messages.Select(m => (string)m!["body"]!));
        Assert.Equal("""{"a":"1","iothub-MessageType":"Will"}""", messages[1]!["props"]!.ToJsonString());
    }

    [Fact]
    public async Task Thousands_of_messages_arrive_in_order_and_can_be_forgotten()
    {
        await using var hub = await Simulated.StartAsync();
        await using var peer = await hub.ConnectAsync();

        for (var i = 0; i < 2000; i++) await peer.PublishAsync(hub.Events, $"{i}", quality: i % 2);

        Assert.Equal(Enumerable.Range(0, 2000).Select(i => $"{i}"), (await hub.MessagesAsync(2000)).Select(m => (string)m!["body"]!));
        using var answer = await hub.Control.DeleteAsync(new Uri("messages", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Empty(await hub.MessagesAsync());
    }

    [Fact]
    public async Task A_route_takes_an_output_to_an_input()
    {
        await using var hub = await Simulated.StartAsync(routes: [new Route("events", "other", "commands")]);
        await using var other = await hub.ConnectAsync("other");
        await other.SubscribeAsync(("devices/dev1/modules/other/#", 1));
        await using var peer = await hub.ConnectAsync();

        await peer.PublishAsync(hub.Events + "%24.on=else", "not this");
        await peer.PublishAsync(hub.Events + "%24.on=events&site=a%20b", "this");

        var (topic, body) = await other.NextAsync();
        Assert.Equal("this", body);
        Assert.Equal("devices/dev1/modules/other/inputs/commands/site=a%20b&%24.cdid=dev1&%24.cmid=vision", topic);
    }
}
