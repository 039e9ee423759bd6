using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MQTTnet;

namespace EdgeVision.IntegrationTests.Simulator;

/// <summary>What the cloud and other modules ask of a module: methods and inputs; and what happens to its connection.</summary>
public sealed class HubCommandTests
{
    private const string Methods = "$iothub/methods/POST/#";

    [Fact]
    public async Task A_method_goes_there_and_back()
    {
        await using var hub = await Simulated.StartAsync();
        await using var peer = await hub.ConnectAsync();
        await peer.SubscribeAsync(Methods);

        var call = hub.PostAsync($"method/{Simulated.ClientId}/snapshot", """{"camera":"door"}""");
        var (topic, body) = await peer.NextAsync();
        Assert.StartsWith("$iothub/methods/POST/snapshot/?$rid=", topic, StringComparison.Ordinal);
        Assert.Equal("""{"camera":"door"}""", body);
        await peer.PublishAsync("$iothub/methods/res/202/?$rid=" + topic.Split('=')[^1], """{"picture":1}""", quality: 0);

        var (status, answer) = await call;
        Assert.Equal((200, """{"status":202,"payload":{"picture":1}}"""), (status, answer!.ToJsonString()));
    }

    [Fact]
    public async Task A_method_that_nobody_answers_is_504()
    {
        await using var hub = await Simulated.StartAsync();
        Assert.Equal(504, (await hub.PostAsync($"method/{Simulated.ClientId}/ping")).Status);
        await using var peer = await hub.ConnectAsync();
        Assert.Equal(504, (await hub.PostAsync($"method/{Simulated.ClientId}/ping")).Status);
        await peer.SubscribeAsync(Methods);

        var (status, body) = await hub.PostAsync($"method/{Simulated.ClientId}/ping?timeout=0.2");

        Assert.Equal((504, 504), (status, (int)body!["status"]!));
        var late = (await peer.NextAsync()).Topic.Split('=')[^1];
        await peer.PublishAsync("$iothub/methods/res/200/?$rid=" + late);
        Assert.True(hub.HasLogged("nobody waits"));
    }

    [Fact]
    public async Task Another_modules_answer_is_none()
    {
        await using var hub = await Simulated.StartAsync();
        await using var peer = await hub.ConnectAsync();
        await using var other = await hub.ConnectAsync("other");
        await peer.SubscribeAsync(Methods);
        await other.SubscribeAsync(Methods);

        var call = hub.PostAsync($"method/{Simulated.ClientId}/ping");
        var requestId = (await peer.NextAsync()).Topic.Split('=')[^1];
        await other.PublishAsync("$iothub/methods/res/201/?$rid=" + requestId);
        await peer.PublishAsync("$iothub/methods/res/200/?$rid=" + requestId);

        Assert.Equal("""{"status":200,"payload":null}""", (await call).Body!.ToJsonString());
        Assert.Empty(await other.ReceivedUntilNowAsync());
    }

    [Theory]
    [InlineData("inputs/#", true)]
    [InlineData("#", true)]
    [InlineData("inputs/commands/#", true)]
    [InlineData("inputs/commands", false)]
    [InlineData("inputs/commands/+", false)]
    [InlineData("inputs/elsewhere/#", false)]
    public async Task An_input_is_delivered_to_who_subscribed_as_edgeHub_understands_it(string filter, bool delivered)
    {
        await using var hub = await Simulated.StartAsync();
        await using var peer = await hub.ConnectAsync();
        Assert.Equal(MqttClientSubscribeResultCode.GrantedQoS1, Assert.Single(await peer.SubscribeAsync(($"devices/dev1/modules/vision/{filter}", 2))));

        var (status, answer) = await hub.PostAsync($"input/{Simulated.ClientId}/commands?site=a%20b", """{"do":"it"}""");

        Assert.Equal((200, delivered), (status, (bool)answer!["pushed"]!));
        var received = await peer.ReceivedUntilNowAsync();
        if (delivered) Assert.Equal([(hub.Inputs + "commands/site=a%20b&%24.ct=application%2Fjson&%24.ce=utf-8", """{"do":"it"}""")], received);
        else Assert.Empty(received);
    }

    [Fact]
    public async Task An_input_without_PUBACK_comes_again_with_DUP_into_the_kept_session()
    {
        await using var hub = await Simulated.StartAsync();
        await using var first = await hub.ConnectAsync(clean: false);
        first.Acknowledges = false;
        await first.SubscribeAsync((hub.Inputs + "#", 1));
        await hub.PostAsync($"input/{Simulated.ClientId}/commands", "again");
        await first.NextAsync();
        await hub.PostAsync($"kick/{Simulated.ClientId}");
        await first.Ended;

        await using var second = await hub.ConnectAsync(clean: false);

        Assert.Equal("again", (await second.NextAsync()).Body);
        Assert.Equal((0, 1), (first.Repeated, second.Repeated));
        Assert.Empty(await second.ReceivedUntilNowAsync());
    }

    [Fact]
    public async Task A_burst_of_inputs_patches_and_methods_arrives_whole_and_in_order()
    {
        const int rounds = 50;
        await using var hub = await Simulated.StartAsync();
        await using var peer = await hub.ConnectAsync();
        await peer.SubscribeAsync((hub.Inputs + "#", 1), ("$iothub/twin/PATCH/properties/desired/#", 1), (Methods, 1));

        var calls = new List<Task<(int Status, System.Text.Json.Nodes.JsonNode? Body)>>();
        for (var i = 0; i < rounds; i++)
        {
            await hub.PostAsync($"input/{Simulated.ClientId}/commands", $"{i}");
            await hub.PostAsync($"desired/{Simulated.ClientId}", $$"""{"round":{{i}}}""");
            calls.Add(hub.PostAsync($"method/{Simulated.ClientId}/ping", $"{i}"));
        }

        var (inputs, patches) = (new List<string>(), new List<string>());
        for (var i = 0; i < 3 * rounds; i++)
        {
            var (topic, body) = await peer.NextAsync();
            if (topic.StartsWith(hub.Inputs, StringComparison.Ordinal)) inputs.Add(body);
            else if (topic.Contains("desired", StringComparison.Ordinal)) patches.Add(body);
            else await peer.PublishAsync("$iothub/methods/res/200/?$rid=" + topic.Split('=')[^1], body);
        }

        Assert.Equal(Enumerable.Range(0, rounds).Select(i => $"{i}"), inputs);
        Assert.Equal(Enumerable.Range(0, rounds).Select(i => $$"""{"round":{{i}},"$version":{{i + 2}}}"""), patches);
        Assert.Equal(Enumerable.Range(0, rounds), (await Task.WhenAll(calls)).Select(a => (int)a.Body!["payload"]!));
    }

    /// <summary>Clients have two ways to lose a connection, and some recover from one of them only.</summary>
    [Theory]
    [InlineData("kick/dev1/vision", false)]
    [InlineData("pause?seconds=0", true)]
    public async Task A_kick_is_tidy_and_a_pause_resets(string path, bool resets)
    {
        await using var hub = await Simulated.StartAsync();
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync("127.0.0.1", hub.Simulator.Port, TestContext.Current.CancellationToken);
        await using var tls = new SslStream(new NetworkStream(socket));
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", CertificateChainPolicy = Trusting(hub) }, TestContext.Current.CancellationToken);
        await tls.WriteAsync(Connect(await hub.TokenAsync()), TestContext.Current.CancellationToken);
        var answer = new byte[4];
        await tls.ReadExactlyAsync(answer, TestContext.Current.CancellationToken);
        Assert.Equal([0x20, 2, 0, 0], answer);
        await UntilAsync(() => hub.HasLogged("is connected"));

        await hub.PostAsync(path);

        var end = await Record.ExceptionAsync(async () => Assert.Equal(0, await tls.ReadAsync(answer, TestContext.Current.CancellationToken).AsTask().WaitAsync(Simulated.Patience, TestContext.Current.CancellationToken)));
        if (resets) Assert.Equal(SocketError.ConnectionReset, Assert.IsType<SocketException>(Assert.IsType<IOException>(end).InnerException).SocketErrorCode);
        else Assert.Null(end);
    }

    [Fact]
    public async Task A_hub_that_is_killed_speaks_no_will()
    {
        await using var hub = await Simulated.StartAsync();
        await using var peer = await HubPeer.OpenAsync(hub, await hub.TokenAsync(), willTopic: hub.Events);
        await peer.PublishAsync(hub.Events, "alive");

        await hub.PostAsync("pause?seconds=0");
        await peer.Ended;

        Assert.Equal("alive", (string?)Assert.Single(await hub.MessagesAsync())!["body"]);
    }

    [Fact]
    public async Task Each_filter_of_one_SUBSCRIBE_is_granted_in_its_place()
    {
        await using var hub = await Simulated.StartAsync();
        await using var peer = await hub.ConnectAsync();

        var granted = await peer.SubscribeAsync(("$iothub/twin/res/#", 0), (hub.Inputs + "#", 1), (Methods, 0), ("nonsense", 2));

        Assert.Equal(
            [MqttClientSubscribeResultCode.GrantedQoS0, MqttClientSubscribeResultCode.GrantedQoS1, MqttClientSubscribeResultCode.GrantedQoS0, MqttClientSubscribeResultCode.GrantedQoS1], granted);
    }

    [Fact]
    public async Task A_kick_ends_one_connection()
    {
        await using var hub = await Simulated.StartAsync();
        Assert.False((bool)(await hub.PostAsync($"kick/{Simulated.ClientId}")).Body!["kicked"]!);
        await using var peer = await hub.ConnectAsync();
        await using var other = await hub.ConnectAsync("other");

        Assert.True((bool)(await hub.PostAsync($"kick/{Simulated.ClientId}")).Body!["kicked"]!);

        await peer.Ended;
        Assert.True(other.IsConnected);
        await using var again = await hub.ConnectAsync();
    }

    [Fact]
    public async Task A_pause_closes_the_port_and_forgets_sessions_but_no_twin()
    {
        await using var hub = await Simulated.StartAsync();
        await using var peer = await hub.ConnectAsync(clean: false);
        await peer.SubscribeAsync((Methods, 0), (hub.Inputs + "#", 1));
        await hub.PostAsync($"desired/{Simulated.ClientId}", """{"a":1}""");
        await peer.PublishAsync(hub.Events, "before");
        var port = hub.Simulator.Port;

        Assert.Equal(200, (await hub.PostAsync("pause?seconds=1")).Status);

        await peer.Ended;
        await Assert.ThrowsAnyAsync<Exception>(() => hub.ConnectAsync(clean: false));
        await UntilAsync(() => hub.HasLogged("The hub is back"));
        await using var again = await hub.ConnectAsync(clean: false);
        Assert.Equal(port, hub.Simulator.Port);
        Assert.False(again.IsSessionPresent);
        Assert.Equal(504, (await hub.PostAsync($"method/{Simulated.ClientId}/ping")).Status);
        Assert.False((bool)(await hub.PostAsync($"input/{Simulated.ClientId}/commands")).Body!["pushed"]!); // kept: HubInputTests
        Assert.Equal(1, (int)(await hub.TwinAsync())["desired"]!["a"]!);
        Assert.Single(await hub.MessagesAsync());
    }

    [Fact]
    public async Task A_renewed_CA_has_the_old_name_and_a_new_key()
    {
        await using var hub = await Simulated.StartAsync();
        using var before = hub.Authorities()[0];
        await using var peer = await hub.ConnectAsync();

        Assert.Equal(200, (await hub.PostAsync("fault/renew-ca")).Status);

        using var after = hub.Authorities()[0];
        Assert.Equal(before.Subject, after.Subject);
        Assert.NotEqual(before.GetPublicKeyString(), after.GetPublicKeyString());
        await peer.PublishAsync(hub.Events, "the connection goes on");
        await using var again = await hub.ConnectAsync(); // trusts the new ca.pem
        File.WriteAllText(hub.Simulator.CaPath, before.ExportCertificatePem());
        await Assert.ThrowsAnyAsync<Exception>(() => hub.ConnectAsync());
    }

    [Theory]
    [InlineData("POST", "kick/dev1/nobody", 404)]
    [InlineData("GET", "key/dev2/vision", 404)]
    [InlineData("POST", "pause?seconds=x", 400)]
    [InlineData("POST", "pause?seconds=-1", 400)]
    [InlineData("POST", "fault/earthquake", 404)]
    [InlineData("POST", "method/dev1/vision/a%2Fb", 400)]
    [InlineData("POST", "input/dev1/vision/%23", 400)]
    [InlineData("GET", "nonsense", 404)]
    public async Task A_wrong_call_is_answered_with_a_sentence(string method, string path, int status)
    {
        await using var hub = await Simulated.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var answer = await hub.Control.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Contains("message", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static X509ChainPolicy Trusting(Simulated hub)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(hub.Authorities());
        return policy;
    }

    /// <summary>CONNECT of MQTT 3.1.1 with user name, password and a clean session (section 3.1).</summary>
    private static byte[] Connect(string token)
    {
        List<byte> body = [0, 4, .. "MQTT"u8, 4, 0b1100_0010, 0, 60];
        foreach (var text in new[] { Simulated.ClientId, Simulated.UserName, token }) body.AddRange([(byte)(text.Length >> 8), (byte)text.Length, .. Encoding.UTF8.GetBytes(text)]);
        return [0x10, (byte)(body.Count & 0x7F | 0x80), (byte)(body.Count >> 7), .. body];
    }

    /// <summary>For the one thing that has no signal: the end of a pause.</summary>
    private static async Task UntilAsync(Func<bool> holds)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        using var patience = new CancellationTokenSource(Simulated.Patience);
        while (!holds()) await timer.WaitForNextTickAsync(patience.Token);
    }
}
