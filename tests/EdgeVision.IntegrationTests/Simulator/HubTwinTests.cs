using System.Text.Json.Nodes;

namespace EdgeVision.IntegrationTests.Simulator;

public sealed class HubTwinTests
{
    [Fact]
    public async Task The_twin_is_read_reported_and_merged()
    {
        await using var hub = await Simulated.StartAsync();
        await using var peer = await hub.ConnectAsync();
        await peer.SubscribeAsync("$iothub/twin/res/#");

        await peer.PublishAsync("$iothub/twin/GET/?$rid=a1", " ", quality: 0);
        Assert.Equal(("$iothub/twin/res/200/?$rid=a1", """{"desired":{"$version":1},"reported":{"$version":1}}"""), await peer.NextAsync());

        await peer.PublishAsync("$iothub/twin/PATCH/properties/reported/?$rid=a2", """{"a":{"b":1,"c":2},"d":[1,{"e":null}]}""", quality: 0);
        Assert.Equal(("$iothub/twin/res/204/?$rid=a2&$version=2", ""), await peer.NextAsync());
        await peer.PublishAsync("$iothub/twin/PATCH/properties/reported/?$rid=a3", """{"a":{"b":null},"f":"g"}""", quality: 0);
        Assert.Equal(("$iothub/twin/res/204/?$rid=a3&$version=3", ""), await peer.NextAsync());

        Assert.Equal("""{"a":{"c":2},"d":[1,{"e":null}],"f":"g","$version":3}""", (await hub.TwinAsync())["reported"]!.ToJsonString());
    }

    [Theory]
    [InlineData("no JSON", "{")]
    [InlineData("no object", "[1]")]
    [InlineData("a name twice", """{"a":1,"a":2}""")]
    [InlineData("a dollar in a name", """{"$version":1}""")]
    [InlineData("a dot in a name", """{"a.b":1}""")]
    [InlineData("too deep", """{"1":{"2":{"3":{"4":{"5":{"6":{"7":{"8":{"9":{"10":{"11":1}}}}}}}}}}}""")]
    [InlineData("a number beyond 2^52", """{"a":9007199254740993}""")]
    [InlineData("a long text", "long")]
    [InlineData("too much", "much")]
    public async Task A_patch_that_is_wrong_is_answered_400_and_changes_nothing(string name, string patch)
    {
        await using var hub = await Simulated.StartAsync();
        await using var peer = await hub.ConnectAsync();
        await peer.SubscribeAsync("$iothub/twin/res/#");
        if (patch == "long") patch = new JsonObject { ["a"] = new string('x', 4097) }.ToJsonString();
        if (patch == "much") patch = new JsonObject(Enumerable.Range(0, 9).Select(i => KeyValuePair.Create($"p{i}", (JsonNode?)new string('x', 4096)))).ToJsonString();

        await peer.PublishAsync("$iothub/twin/PATCH/properties/reported/?$rid=1", patch);

        Assert.True((await peer.NextAsync()).Topic == "$iothub/twin/res/400/?$rid=1", name);
        Assert.Equal("""{"$version":1}""", (await hub.TwinAsync())["reported"]!.ToJsonString());
    }

    [Fact]
    public async Task A_desired_patch_is_pushed_with_its_version_to_who_subscribed()
    {
        await using var hub = await Simulated.StartAsync();
        await using var peer = await hub.ConnectAsync();
        Assert.Equal((200, """{"version":2,"pushed":false}"""), await DesireAsync(hub, """{"a":1,"b":{"c":1}}"""));
        await peer.SubscribeAsync("$iothub/twin/PATCH/properties/desired/#");

        Assert.Equal((200, """{"version":3,"pushed":true}"""), await DesireAsync(hub, """{"a":null,"b":{"d":2}}"""));

        Assert.Equal(("$iothub/twin/PATCH/properties/desired/?$version=3", """{"a":null,"b":{"d":2},"$version":3}"""), await peer.NextAsync());
        Assert.Equal("""{"b":{"c":1,"d":2},"$version":3}""", (await hub.TwinAsync())["desired"]!.ToJsonString());
        await peer.UnsubscribeAsync("$iothub/twin/PATCH/properties/desired/#");
        Assert.Equal((200, """{"version":4,"pushed":false}"""), await DesireAsync(hub, """{"e":1}"""));
        Assert.Empty(await peer.ReceivedUntilNowAsync());
        Assert.Equal(400, (await DesireAsync(hub, "[]")).Status);
    }

    [Fact]
    public async Task What_came_while_away_is_in_the_twin_and_nowhere_else()
    {
        await using var hub = await Simulated.StartAsync();
        await using (var peer = await hub.ConnectAsync(clean: false)) await peer.SubscribeAsync(("$iothub/twin/PATCH/properties/desired/#", 1));
        await hub.PostAsync($"kick/{Simulated.ClientId}");
        Assert.Equal((200, """{"version":2,"pushed":false}"""), await DesireAsync(hub, """{"a":1}"""));

        await using var again = await hub.ConnectAsync(clean: false);

        Assert.True(again.IsSessionPresent);
        Assert.Empty(await again.ReceivedUntilNowAsync());
        Assert.Equal(1, (int)(await hub.TwinAsync())["desired"]!["a"]!);
    }

    private static async Task<(int Status, string? Body)> DesireAsync(Simulated hub, string patch)
    {
        var (status, body) = await hub.PostAsync($"desired/{Simulated.ClientId}", patch);
        return (status, body?.ToJsonString());
    }
}
