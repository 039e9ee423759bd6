using EdgeVision.Simulator;
using EdgeVision.Simulator.Hub;
using MQTTnet.Protocol;

namespace EdgeVision.IntegrationTests.Simulator;

/// <summary>Inputs of a module that is away, deaf or slow: what edgeHub's store-and-forward does.</summary>
public sealed class HubInputTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddYears(56);

    [Fact]
    public async Task What_came_while_the_module_was_away_arrives_in_order_once_it_subscribes()
    {
        await using var hub = await Simulated.StartAsync();
        for (var i = 0; i < 25; i++) Assert.False((bool)(await hub.PostAsync($"input/{Simulated.ClientId}/commands", $"{i}")).Body!["pushed"]!);
        await using var peer = await hub.ConnectAsync();
        Assert.Empty(await peer.ReceivedUntilNowAsync());

        await peer.SubscribeAsync((hub.Inputs + "#", 1));

        for (var i = 0; i < 25; i++) Assert.Equal((hub.Inputs + "commands/%24.ct=application%2Fjson&%24.ce=utf-8", $"{i}"), await peer.NextAsync());
        Assert.Equal(0, peer.Repeated);
        Assert.True((bool)(await hub.PostAsync($"input/{Simulated.ClientId}/commands", "25")).Body!["pushed"]!);
        Assert.Equal("25", (await peer.NextAsync()).Body);
        await UntilEmptyAsync(hub);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_killed_hub_had_no_answer_for_comes_again_with_DUP(bool clean)
    {
        await using var hub = await Simulated.StartAsync();
        await using var first = await hub.ConnectAsync(clean: clean);
        first.Acknowledges = false;
        await first.SubscribeAsync((hub.Inputs + "#", 1));
        await hub.PostAsync($"input/{Simulated.ClientId}/commands", "one");
        await hub.PostAsync($"input/{Simulated.ClientId}/commands", "two");
        Assert.Equal(["one", "two"], [(await first.NextAsync()).Body, (await first.NextAsync()).Body]);

        await hub.PostAsync("pause?seconds=0");
        await first.Ended;
        await hub.PostAsync($"input/{Simulated.ClientId}/commands", "three");
        await using var second = await ReturnAsync(hub, clean);
        Assert.False(second.IsSessionPresent);
        await second.SubscribeAsync((hub.Inputs + "#", 1));

        Assert.Equal(["one", "two", "three"], [(await second.NextAsync()).Body, (await second.NextAsync()).Body, (await second.NextAsync()).Body]);
        Assert.Equal(2, second.Repeated);
        await UntilEmptyAsync(hub);
        Assert.Empty(await second.ReceivedUntilNowAsync());
    }

    [Fact]
    public async Task A_module_that_comes_back_to_its_session_gets_what_came_meanwhile_behind_what_it_owes_an_answer_for()
    {
        await using var hub = await Simulated.StartAsync();
        await using var first = await hub.ConnectAsync(clean: false);
        first.Acknowledges = false;
        await first.SubscribeAsync((hub.Inputs + "#", 1));
        await hub.PostAsync($"input/{Simulated.ClientId}/commands", "one");
        await first.NextAsync();
        await hub.PostAsync($"kick/{Simulated.ClientId}");
        await first.Ended;
        Assert.False((bool)(await hub.PostAsync($"input/{Simulated.ClientId}/commands", "two")).Body!["pushed"]!);

        await using var second = await hub.ConnectAsync(clean: false);

        Assert.True(second.IsSessionPresent);
        Assert.Equal(["one", "two"], [(await second.NextAsync()).Body, (await second.NextAsync()).Body]);
        Assert.Equal(1, second.Repeated);
        await UntilEmptyAsync(hub);
    }

    [Fact]
    public async Task A_module_that_answers_nothing_gets_ten_and_then_waits()
    {
        await using var hub = await Simulated.StartAsync();
        await using var peer = await hub.ConnectAsync();
        peer.Acknowledges = false;
        await peer.SubscribeAsync((hub.Inputs + "#", 1));

        for (var i = 0; i < 15; i++) Assert.True((bool)(await hub.PostAsync($"input/{Simulated.ClientId}/commands", $"{i}")).Body!["pushed"]!);

        Assert.Equal(Enumerable.Range(0, InputStore.Window).Select(i => $"{i}"), (await peer.ReceivedUntilNowAsync()).Select(m => m.Body));
    }

    [Fact]
    public async Task What_a_route_brings_is_kept_too()
    {
        await using var hub = await Simulated.StartAsync(routes: [new Route("events", "other", "seen")]);
        await using var sender = await hub.ConnectAsync();
        await sender.PublishAsync(hub.Events + "%24.on=events", "a door");

        await using var receiver = await hub.ConnectAsync("other");
        await receiver.SubscribeAsync(("devices/dev1/modules/other/inputs/#", 1));

        Assert.Equal("a door", (await receiver.NextAsync()).Body);
    }

    [Fact]
    public void Only_so_much_is_kept_and_the_oldest_goes()
    {
        var store = new InputStore();
        for (var i = 0; i < InputStore.MaxMessages; i++) Assert.Equal(0, store.Add("a", [1], Now));
        Assert.Equal(1, store.Add("a", [2], Now));
        Assert.Equal(InputStore.MaxMessages, store.Count);

        var large = new InputStore();
        for (var i = 0; i < 256; i++) Assert.Equal(0, large.Add("a", new byte[MqttHub.MaxMessageBytes], Now));
        Assert.Equal(1, large.Add("a", [1], Now));
        Assert.Equal(InputStore.MaxBytes / MqttHub.MaxMessageBytes, large.Count);
    }

    [Fact]
    public void What_is_too_old_is_forgotten_and_what_nobody_asked_for_holds_nothing_up()
    {
        var store = new InputStore();
        store.Add("old", [], Now - InputStore.Life - TimeSpan.FromSeconds(1));
        store.Add("other", [], Now - InputStore.Life);
        store.Add("asked", [], Now);
        store.Add("asked once", [], Now);
        List<string> sent = [];

        store.Send(this, topic => topic == "asked" ? MqttQualityOfServiceLevel.AtLeastOnce : topic == "asked once" ? MqttQualityOfServiceLevel.AtMostOnce : null, Take, Now);
        Assert.Equal(["3 asked AtLeastOnce", "4 asked once AtMostOnce"], sent);
        Assert.Equal(2, store.Count);

        store.Send(this, _ => MqttQualityOfServiceLevel.AtLeastOnce, Take, Now);
        Assert.Equal("2 other AtLeastOnce", Assert.Single(sent.Skip(2)));
        Assert.False(store.WasSent("3"));
        Assert.True(store.WasSent("3"));
        store.Acknowledge("3");
        store.Acknowledge("3");
        Assert.False(store.WasSent("3"));
        Assert.Equal(1, store.Count);

        bool Take(string id, string topic, byte[] body, MqttQualityOfServiceLevel quality)
        {
            sent.Add($"{id} {topic} {quality}");
            return true;
        }
    }

    private static async Task<HubPeer> ReturnAsync(Simulated hub, bool clean)
    {
        await UntilAsync(() => hub.HasLogged("The hub is back"));
        return await hub.ConnectAsync(clean: clean);
    }

    /// <summary>A PUBACK has no signal on this side.</summary>
    private static Task UntilEmptyAsync(Simulated hub) => UntilAsync(() => hub.Simulator.Modules[Simulated.ClientId].Inputs.Count == 0);

    private static async Task UntilAsync(Func<bool> holds)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        using var patience = new CancellationTokenSource(Simulated.Patience);
        while (!holds()) await timer.WaitForNextTickAsync(patience.Token);
    }
}
