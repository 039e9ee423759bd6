using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using EdgeVision.Azure.Hub;
using EdgeVision.Azure.Identity;
using EdgeVision.Delivery;
using EdgeVision.IntegrationTests.Mqtt;
using EdgeVision.IntegrationTests.Simulator;
using EdgeVision.Simulator;

namespace EdgeVision.IntegrationTests.Azure;

/// <summary>Ways to connect, and ways in which a link goes wrong that no hub announces.</summary>
public sealed class HubLinkFaultTests
{
    private static readonly bool IsSoak = Environment.GetEnvironmentVariable("EDGEVISION_SOAK") == "1";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_hub_that_swallows_everything_is_found_by_the_keep_alive()
    {
        await using var hub = await Simulated.StartAsync();
        await using var cable = new Cable(hub.Simulator.Port);
        await using var node = HubNode.Start(await LoginAsync(hub), cable.Port, o => o with { KeepAlive = TimeSpan.FromSeconds(1), Timeout = TimeSpan.FromMinutes(1) });
        await node.UntilAsync(s => s.State is HubLinkState.Connected);

        cable.Swallow();

        // A second without a packet of ours, and half of one for the answer to a ping: nothing else here is as quick, and no test waits a minute.
        var status = await node.UntilAsync(s => s.State is HubLinkState.Waiting);
        Assert.Equal("localhost has not answered for 1.5 s, not even a ping, though the connection looks open; it is opened again.", status.Reason);
        cable.Cut();
        await node.UntilAsync(s => s.State is HubLinkState.Connected && s.Connects == 2);
    }

    [Fact]
    public async Task An_acknowledgement_that_never_comes_ends_the_link_and_nothing_is_lost()
    {
        await using var hub = await Simulated.StartAsync();
        await using var cable = new Cable(hub.Simulator.Port);
        await using var node = HubNode.Start(await LoginAsync(hub), cable.Port, o => o with { KeepAlive = TimeSpan.FromMinutes(5), Timeout = TimeSpan.FromSeconds(1) });
        await node.UntilAsync(s => s.State is HubLinkState.Connected);
        cable.Swallow();

        var result = await node.Sink.SendAsync(HubNode.Events(7), Stop);
        Assert.Equal((0, DeliveryOutcome.RetryLater), (result.Accepted, result.Outcome));
        Assert.Contains("did not acknowledge a message within 1 s", result.Reason, StringComparison.Ordinal);

        cable.Cut();
        await node.DeliverAsync(HubNode.Events(7));
        Assert.Equal(3, (await hub.MessagesAsync(3)).Count);
    }

    [Fact]
    public async Task A_message_of_a_backlog_stays_the_same_though_live_events_go_before_it_is_acknowledged()
    {
        await using var hub = await Simulated.StartAsync();
        await using var cable = new Cable(hub.Simulator.Port);
        await using var node = HubNode.Start(await LoginAsync(hub), cable.Port, o => o with { KeepAlive = TimeSpan.FromMinutes(5), Timeout = TimeSpan.FromSeconds(1) });
        await node.UntilAsync(s => s.State is HubLinkState.Connected);
        cable.Swallow();
        Assert.Equal(DeliveryOutcome.RetryLater, (await node.Sink.SendAsync(HubNode.Events(2), Stop)).Outcome);

        cable.Cut();
        await node.DeliverAsync(HubNode.Events(1, first: 100));
        await node.DeliverAsync(HubNode.Events(3)); // three have room in a message, and the first two were sent as one

        var messages = await hub.MessagesAsync(3);
        Assert.Equal([1, 2, 1], messages.Select(m => JsonNode.Parse(m!["body"]!.GetValue<string>())!.AsArray().Count));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task By_connection_string_with_the_authority_and_the_port_that_official_clients_take(bool portInName)
    {
        await using var hub = await Simulated.StartAsync();
        var variables = new Dictionary<string, string>
        {
            ["EdgeHubConnectionString"] = $"HostName={Simulated.Hub};GatewayHostName=localhost{(portInName ? $":{hub.Simulator.Port}" : "")};DeviceId={Simulated.Device};ModuleId={Simulated.Module};SharedAccessKey={await hub.KeyAsync()}",
            ["EdgeModuleCACertificateFile"] = hub.Simulator.CaPath,
        };
        var login = EdgeEnvironment.Read(variables, TimeProvider.System, out var error);
        Assert.Null(error);
        await using var node = HubNode.Start(login!, portInName ? 1 : hub.Simulator.Port);

        await node.DeliverAsync(HubNode.Events(1));
        Assert.Single(await hub.MessagesAsync(1));
    }

    [Fact]
    public async Task By_a_certificate_without_a_token()
    {
        using var folder = new TempFolder();
        var certificates = new Certificates(folder.Path);
        var (server, device) = (certificates.Issue("localhost", "DNS:localhost"), certificates.Issue("dev1", "DNS:dev1", "clientAuth"));
        // No hub takes certificates here: a broker that lets in whoever shows one, and takes its subject for the user.
        await using var broker = await Mosquitto.StartAsync(
            folder.Path, $"cafile {certificates.Authority}", $"certfile {server.Certificate}", $"keyfile {server.Key}", "require_certificate true", "use_identity_as_username true", "allow_anonymous false");
        Assert.True(HubConnectionString.TryParse("HostName=localhost;DeviceId=dev1;x509=true", "test", out var login, out var error), error);
        await using var node = HubNode.Start(login!, broker.Port, o => o with { CaFile = certificates.Authority, CertificateFile = device.Certificate, CertificateKeyFile = device.Key });

        await node.UntilAsync(s => s.State is HubLinkState.Connected);
        Assert.Equal(DeliveryResult.All(3), await node.Sink.SendAsync(HubNode.Events(3), Stop));
    }

    public static TheoryData<string, string> Missing => new()
    {
        { "", "set IotHub:CertificateFile" },
        { "no-such-file.pem", "does not exist" },
    };

    [Theory]
    [MemberData(nameof(Missing))]
    public async Task A_certificate_that_is_not_there_is_told(string file, string sentence)
    {
        HubConnectionString.TryParse("HostName=localhost;DeviceId=dev1;x509=true", "test", out var login, out _);
        await using var node = HubNode.Start(login!, 1, o => file.Length == 0 ? o : o with { CertificateFile = file, CertificateKeyFile = file });
        Assert.Contains(sentence, (await node.UntilAsync(s => s.State is HubLinkState.Waiting)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_packet_that_no_hub_sends_ends_the_link_at_its_header()
    {
        // 256 MB, of which none comes: who believes it allocates, and waits.
        byte[] huge = [0x30, 0xFF, 0xFF, 0xFF, 0x7F];
        await using var hub = new RudeHub((type, body) => type == RudeHub.Subscribe ? [.. RudeHub.Welcome(type, body)!, .. huge] : RudeHub.Welcome(type, body));
        var options = new HubOptions { Port = hub.Port, Timeout = TimeSpan.FromSeconds(10) };
        var (login, token) = await StrangerAsync();
        var before = GC.GetTotalAllocatedBytes();

        var (link, failure) = await HubLink.OpenAsync(login, token, new HubTrust("localhost", hub.Authorities), certificate: null, options, TimeProvider.System, Stop);

        // The header may be read before the subscriptions count as answered.
        await using (link)
        {
            var reason = link is null ? failure!.Reason : await link.Ended.WaitAsync(Simulated.Patience, Stop);
            Assert.Contains("it sent a packet of 268435455 bytes, and no hub sends more than 524288", reason, StringComparison.Ordinal);
        }

        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 64 << 20);
    }

    public enum Failing
    {
        NobodyThere,
        HangsUp,
        Untrusted,
        Refuses,
    }

    /// <summary>10,000 of each with EDGEVISION_SOAK=1.</summary>
    [Theory]
    [InlineData(Failing.NobodyThere, 1000)]
    [InlineData(Failing.HangsUp, 500)]
    [InlineData(Failing.Untrusted, 300)]
    [InlineData(Failing.Refuses, 300)]
    public async Task Attempts_that_fail_leave_nothing_behind(Failing how, int attempts)
    {
        await using var hub = new RudeHub((_, _) => how is Failing.Refuses ? [0x20, 2, 0, 5] : null);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var hanging = how is Failing.HangsUp ? HangUpAsync(listener) : Task.CompletedTask;
        if (how is Failing.NobodyThere) listener.Stop();
        else if (how is not Failing.HangsUp) port = hub.Port;
        var authorities = how is Failing.Refuses ? hub.Authorities : null;
        var (login, token) = await StrangerAsync();
        var options = new HubOptions { Port = port, Timeout = TimeSpan.FromSeconds(10) };
        var expected = how switch
        {
            Failing.NobodyThere => $"localhost:{port} refuses connections",
            Failing.HangsUp => $"localhost:{port} ",
            Failing.Untrusted => "is not signed by an authority this machine trusts",
            _ => "does not let 'dev1/vision' in",
        };
        await FailAsync(100);
        var (memory, files) = (GC.GetTotalMemory(forceFullCollection: true), Files());

        await FailAsync(IsSoak ? 10_000 : attempts);

        var (moreMemory, moreFiles) = (GC.GetTotalMemory(forceFullCollection: true) - memory, Files() - files);
        TestContext.Current.TestOutputHelper?.WriteLine($"{how}: {moreMemory} bytes, {moreFiles} files more");
        Assert.InRange(moreFiles, int.MinValue, 8);
        Assert.InRange(moreMemory, long.MinValue, 2 << 20);
        listener.Stop();
        await hanging;

        async Task FailAsync(int times)
        {
            for (var i = 0; i < times; i++)
            {
                var (link, failure) = await HubLink.OpenAsync(login, token, new HubTrust("localhost", authorities), certificate: null, options, TimeProvider.System, Stop);
                Assert.Null(link);
                Assert.Contains(expected, failure!.Reason, StringComparison.Ordinal);
            }
        }
    }

    private static async Task<(HubLogin Login, SasToken Token)> StrangerAsync()
    {
        Assert.True(HubConnectionString.TryParse($"HostName=h;GatewayHostName=localhost;DeviceId=dev1;ModuleId=vision;SharedAccessKey={Convert.ToBase64String(new byte[32])}", "test", out var login, out _));
        return (login!, (await SasToken.CreateAsync(login!.Identity, login.Signer!, TimeSpan.FromHours(1), TimeProvider.System, Stop)).Token!);
    }

    private static int Files() => Directory.EnumerateFileSystemEntries("/proc/self/fd").Count();

    private static async Task HangUpAsync(TcpListener listener)
    {
        try
        {
            while (true) (await listener.AcceptSocketAsync(Stop)).Dispose();
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException or OperationCanceledException)
        {
            // The end of the test.
        }
    }

    private static async Task<HubLogin> LoginAsync(Simulated hub)
    {
        var text = $"HostName={Simulated.Hub};GatewayHostName=localhost;DeviceId={Simulated.Device};ModuleId={Simulated.Module};SharedAccessKey={await hub.KeyAsync()}";
        Assert.True(HubConnectionString.TryParse(text, "test", out var login, out var error), error);
        return login! with { CaFile = hub.Simulator.CaPath };
    }
}
