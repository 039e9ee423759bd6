using System.Net.Sockets;
using EdgeVision.Simulator;
using Microsoft.Extensions.Time.Testing;
using MQTTnet;
using MQTTnet.Formatter;

namespace EdgeVision.IntegrationTests.Simulator;

/// <summary>Who gets in, who does not, and what they are told.</summary>
public sealed class HubConnectTests
{
    private static FakeTimeProvider Clock() => new(TimeProvider.System.GetUtcNow());

    [Theory]
    [InlineData("the hub's name", Simulated.UserName)]
    [InlineData("the gateway's name", "localhost/dev1/vision/?api-version=2020-09-30")]
    [InlineData("no question mark", "x/dev1/vision/api-version=2021-04-12")]
    [InlineData("model and product, of two versions the first", "x/dev1/vision/?DeviceClientType=a%2Fb%20(c)&api-version=1&api-version=&model-id=dtmi%3Aedgevision%3Amodule%3B1")]
    public async Task A_module_with_its_key_is_let_in(string name, string userName)
    {
        await using var hub = await Simulated.StartAsync();
        await using var peer = await HubPeer.OpenAsync(hub, await hub.TokenAsync(), userName: userName);

        Assert.True(peer.Code == MqttClientConnectResultCode.Success, name);
        Assert.Equal(userName.Contains("model-id", StringComparison.Ordinal) ? "dtmi:edgevision:module;1" : null, (string?)(await hub.TwinAsync())["modelId"]);
    }

    [Theory]
    [InlineData("no api-version", "hub/dev1/vision/")]
    [InlineData("an empty api-version", "hub/dev1/vision/?api-version=")]
    [InlineData("a device", "hub/dev1/?api-version=2021-04-12")]
    [InlineData("nothing", "x")]
    public async Task A_user_name_that_cannot_be_read_is_answered_server_unavailable(string name, string userName)
    {
        await using var hub = await Simulated.StartAsync();
        await using var peer = await HubPeer.OpenAsync(hub, await hub.TokenAsync(), userName: userName);

        Assert.True(peer.Code == MqttClientConnectResultCode.ServerUnavailable, $"{name}: {peer.Code}");
    }

    [Fact]
    public async Task What_is_not_believed_is_answered_not_authorised()
    {
        await using var hub = await Simulated.StartAsync();
        var good = await hub.TokenAsync();
        (string Name, string? Password, string ClientId, string UserName)[] rows =
        [
            ("another's key", await hub.TokenAsync(key: await hub.KeyAsync("other")), Simulated.ClientId, Simulated.UserName),
            ("another's token", await hub.TokenAsync(module: "other"), Simulated.ClientId, Simulated.UserName),
            ("another hub", await hub.TokenAsync(hub: "localhost"), Simulated.ClientId, Simulated.UserName),
            ("expired", await hub.TokenAsync(TimeSpan.FromSeconds(-1)), Simulated.ClientId, Simulated.UserName),
            ("a longer life than was signed", good[..good.LastIndexOf('=')] + "=9999999999", Simulated.ClientId, Simulated.UserName),
            ("no token", "secret", Simulated.ClientId, Simulated.UserName),
            ("no password", null, Simulated.ClientId, Simulated.UserName),
            ("the client id of another", good, "dev1/other", Simulated.UserName),
            ("a client id in capitals", good, "DEV1/vision", Simulated.UserName),
            ("an unknown module", await hub.TokenAsync(module: "none", key: await hub.KeyAsync()), "dev1/none", "x/dev1/none/?api-version=1"),
        ];
        foreach (var row in rows)
        {
            await using var peer = await HubPeer.OpenAsync(hub, row.Password, row.ClientId, row.UserName);
            Assert.True(peer.Code == MqttClientConnectResultCode.NotAuthorized, $"{row.Name}: {peer.Code}");
        }

        await using var right = await HubPeer.OpenAsync(hub, good);
        Assert.Equal(MqttClientConnectResultCode.Success, right.Code);
    }

    [Fact]
    public async Task MQTT_5_is_not_spoken()
    {
        await using var hub = await Simulated.StartAsync();
        await using var peer = await HubPeer.OpenAsync(hub, await hub.TokenAsync(), version: MqttProtocolVersion.V500);

        Assert.Equal(MqttClientConnectResultCode.UnsupportedProtocolVersion, peer.Code);
    }

    [Fact]
    public async Task The_second_connection_of_a_module_ends_the_first()
    {
        await using var hub = await Simulated.StartAsync();
        await using var first = await hub.ConnectAsync();
        await using var bystander = await hub.ConnectAsync("other");
        await using var second = await hub.ConnectAsync();

        await first.Ended;
        await second.PublishAsync(hub.Events, "still here");
        Assert.True(bystander.IsConnected);
    }

    [Fact]
    public async Task A_session_is_kept_for_who_asks_for_it()
    {
        await using var hub = await Simulated.StartAsync();
        await using (var first = await hub.ConnectAsync(clean: false))
        {
            Assert.False(first.IsSessionPresent);
            await first.SubscribeAsync("$iothub/methods/POST/#");
        }

        await using (var second = await hub.ConnectAsync(clean: false))
        {
            Assert.True(second.IsSessionPresent);
            var call = hub.PostAsync($"method/{Simulated.ClientId}/ping?timeout=0.1");
            Assert.StartsWith("$iothub/methods/POST/ping/?$rid=", (await second.NextAsync()).Topic, StringComparison.Ordinal);
            await call;
        }

        await using (var clean = await hub.ConnectAsync(clean: true)) Assert.False(clean.IsSessionPresent);
        await using var last = await hub.ConnectAsync(clean: false);
        Assert.False(last.IsSessionPresent);
    }

    [Fact]
    public async Task An_expired_token_ends_the_connection_within_five_minutes()
    {
        var clock = Clock();
        await using var hub = await Simulated.StartAsync(time: clock);
        await using var lasting = await hub.ConnectAsync("other");
        await using var peer = await HubPeer.OpenAsync(hub, await hub.TokenAsync(TimeSpan.FromMinutes(4)));

        clock.Advance(TimeSpan.FromMinutes(4.5));
        await peer.PublishAsync(hub.Events, "not looked at yet");
        clock.Advance(TimeSpan.FromMinutes(1));

        await peer.Ended;
        Assert.True(lasting.IsConnected);
    }

    [Fact]
    public async Task With_token_1min_a_token_is_good_for_a_minute_and_a_new_one_is_needed()
    {
        var clock = Clock();
        await using var hub = await Simulated.StartAsync(Fault.TokenOneMinute, time: clock);
        var token = await hub.TokenAsync();
        await using var first = await HubPeer.OpenAsync(hub, token);
        clock.Advance(TimeSpan.FromSeconds(59));
        await first.PublishAsync(hub.Events);
        clock.Advance(TimeSpan.FromSeconds(2));
        await first.Ended;

        await using var same = await HubPeer.OpenAsync(hub, token);
        Assert.Equal(MqttClientConnectResultCode.NotAuthorized, same.Code);
        await using var renewed = await HubPeer.OpenAsync(hub, await hub.TokenAsync());
        Assert.Equal(MqttClientConnectResultCode.Success, renewed.Code);
    }

    [Fact]
    public async Task Bytes_that_are_no_TLS_do_no_harm()
    {
        await using var hub = await Simulated.StartAsync();
        for (var i = 0; i < 20; i++)
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync("127.0.0.1", hub.Simulator.Port, TestContext.Current.CancellationToken);
            await socket.SendAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        }

        await using var peer = await hub.ConnectAsync();
        Assert.True(peer.IsConnected);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named()
    {
        await using var hub = await Simulated.StartAsync();
        using var folder = new TempFolder();
        var options = new SimulatorOptions { Directory = folder.Path, Port = hub.Simulator.Port, Control = new Uri("http://127.0.0.1:0") };

        var refused = await Assert.ThrowsAsync<SimulatorException>(() => EdgeSimulator.StartAsync(options, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance));

        Assert.Contains($"port {hub.Simulator.Port}: ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_is_served_once_and_keys_and_CA_survive_a_restart()
    {
        using var folder = new TempFolder();
        var options = new SimulatorOptions { Directory = folder.Path, Port = 0, Control = new Uri("http://127.0.0.1:0") };
        string ca, environment;
        await using (var first = await EdgeSimulator.StartAsync(options, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance))
        {
            var refused = await Assert.ThrowsAsync<SimulatorException>(() => EdgeSimulator.StartAsync(options, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance));
            Assert.Contains("Another simulator", refused.Message, StringComparison.Ordinal);
            (ca, environment) = (File.ReadAllText(first.CaPath), File.ReadAllText(first.EnvironmentPath));
        }

        await using var second = await EdgeSimulator.StartAsync(options, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        Assert.Equal(ca, File.ReadAllText(second.CaPath));
        Assert.Equal(environment, File.ReadAllText(second.EnvironmentPath));
    }
}
