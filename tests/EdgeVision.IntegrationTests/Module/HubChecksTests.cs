using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EdgeVision.Azure.Hub;
using EdgeVision.IntegrationTests.Simulator;
using EdgeVision.Module.Doctor;

namespace EdgeVision.IntegrationTests.Module;

/// <summary>The doctor's way to the hub, against the simulated device.</summary>
public sealed class HubChecksTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_a_hub_nothing_is_said() => Assert.Empty(await ExamineAsync([], 8883));

    [Fact]
    public async Task Everything_right_is_eight_times_ok_and_nobody_logs_in()
    {
        await using var hub = await Simulated.StartAsync();
        var running = await hub.ConnectAsync();
        await using var _ = running;

        var findings = await ExamineAsync(EnvironmentOf(hub), hub.Simulator.Port);

        Assert.All(findings, f => Assert.True(f.Level is FindingLevel.Ok, $"{f}"));
        Assert.Equal(["hub identity", "workload socket", "workload sign", "trust bundle", "hub name", "hub port", "hub tls", "hub clock"], findings.Select(f => f.Check));
        Assert.Contains("localhost", Of(findings, "hub tls").Detail, StringComparison.Ordinal);
        Assert.Contains("would throw a running dev1/vision off", Of(findings, "hub tls").Detail, StringComparison.Ordinal);
        Assert.Contains("the Date of the workload API", Of(findings, "hub clock").Detail, StringComparison.Ordinal);
        Assert.True(running.IsConnected);
        Assert.DoesNotContain(findings, f => $"{f}".Contains("sig=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_missing_socket_is_named_and_the_network_is_looked_at_all_the_same()
    {
        await using var hub = await Simulated.StartAsync();
        var environment = EnvironmentOf(hub);
        environment["IOTEDGE_WORKLOADURI"] = "unix:///nowhere/workload.sock";

        var findings = await ExamineAsync(environment, hub.Simulator.Port);

        Assert.Equal(["hub identity", "workload socket", "hub name", "hub port"], findings.Select(f => f.Check));
        AssertFailed(findings, "workload socket", "/nowhere/workload.sock is not there.", "mount");
    }

    [Fact]
    public async Task A_socket_that_nobody_serves_is_told_apart()
    {
        await using var hub = await Simulated.StartAsync();
        using var folder = new TempFolder();
        var path = folder.PathOf("w.sock");
        using (var left = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)) left.Bind(new UnixDomainSocketEndPoint(path));
        if (!File.Exists(path)) await File.WriteAllTextAsync(path, "", Stop);
        var environment = EnvironmentOf(hub);
        environment["IOTEDGE_WORKLOADURI"] = $"unix://{path}";

        AssertFailed(await ExamineAsync(environment, hub.Simulator.Port), "workload socket", "nobody answers", "iotedge system restart");
    }

    [Fact]
    public async Task A_generation_that_the_runtime_does_not_know_fails_at_the_signature_only()
    {
        await using var hub = await Simulated.StartAsync();
        var environment = EnvironmentOf(hub);
        environment["IOTEDGE_MODULEGENERATIONID"] = "1";

        var findings = await ExamineAsync(environment, hub.Simulator.Port);

        AssertFailed(findings, "workload sign", "does not know this module", "IOTEDGE_MODULEGENERATIONID");
        Assert.Single(findings, f => f.Level is not FindingLevel.Ok);
    }

    [Fact]
    public async Task A_wrong_authority_shows_whose_certificate_came_and_no_key()
    {
        await using var hub = await Simulated.StartAsync();
        await using var other = await Simulated.StartAsync();
        var key = await hub.KeyAsync();

        var findings = await ExamineAsync(ConnectionString(key), hub.Simulator.Port, other.Simulator.CaPath);

        AssertFailed(findings, "hub tls", "is not signed by an authority in", "EdgeVision:IotHub:CaFile");
        var detail = Of(findings, "hub tls").Detail;
        Assert.All(["subject 'CN=", "issuer 'CN=", "valid 20", "for localhost"], part => Assert.Contains(part, detail, StringComparison.Ordinal));
        Assert.DoesNotContain(findings, f => $"{f}".Contains(key, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_gateway_whose_authority_nobody_named_asks_for_its_file()
    {
        await using var hub = await Simulated.StartAsync();

        var findings = await ExamineAsync(ConnectionString(await hub.KeyAsync()), hub.Simulator.Port);

        AssertFailed(findings, "hub tls", "is not signed by an authority this machine trusts", "EdgeVision:IotHub:CaFile");
    }

    [Fact]
    public async Task The_right_authority_of_a_file_is_taken()
    {
        await using var hub = await Simulated.StartAsync();
        var findings = await ExamineAsync(ConnectionString(await hub.KeyAsync()), hub.Simulator.Port, hub.Simulator.CaPath);

        Assert.All(findings, f => Assert.True(f.Level is FindingLevel.Ok, $"{f}"));
        Assert.Contains("begin of the gateway's certificate", Of(findings, "hub clock").Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unreadable_authority_is_told_and_no_handshake_is_judged_without_it()
    {
        await using var hub = await Simulated.StartAsync();
        var findings = await ExamineAsync(ConnectionString(await hub.KeyAsync()), hub.Simulator.Port, "/nowhere/ca.pem");

        AssertFailed(findings, "trust bundle", "'/nowhere/ca.pem'", "Correct the path");
        Assert.DoesNotContain(findings, f => f.Check == "hub tls");
    }

    [Theory]
    [InlineData("press-4", 30, "is not for that name", "GatewayHostName")]
    [InlineData("localhost", -1, "is not valid now", "Renew it")]
    public async Task A_certificate_that_does_not_fit_is_shown(string name, int days, string detail, string fix)
    {
        using var folder = new TempFolder();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = Certificate(key, name, TimeProvider.System.GetUtcNow().AddDays(days));
        var caFile = folder.PathOf("ca.pem");
        await File.WriteAllTextAsync(caFile, certificate.ExportCertificatePem(), Stop);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = RefusedAsync(listener, certificate);

        var findings = await ExamineAsync(ConnectionString(Convert.ToBase64String(new byte[32])), ((IPEndPoint)listener.LocalEndpoint).Port, caFile);

        AssertFailed(findings, "hub tls", detail, fix);
        Assert.Contains($"for {name}.", Of(findings, "hub tls").Detail, StringComparison.Ordinal);
        await serving.WaitAsync(Simulated.Patience, Stop);
    }

    [Fact]
    public async Task A_closed_port_is_named()
    {
        await using var hub = await Simulated.StartAsync();
        var findings = await ExamineAsync(EnvironmentOf(hub), ClosedPort());

        AssertFailed(findings, "hub port", "localhost:", "edgeHub runs");
        Assert.DoesNotContain(findings, f => f.Check == "hub tls");
    }

    [Fact]
    public async Task A_server_without_tls_is_told_within_the_patience()
    {
        await using var hub = await Simulated.StartAsync();
        using var mute = new TcpListener(IPAddress.Loopback, 0);
        mute.Start();

        // Accepted by the kernel, answered by nobody.
        var findings = await ExamineAsync(EnvironmentOf(hub), ((IPEndPoint)mute.LocalEndpoint).Port);
        AssertFailed(findings, "hub tls", "no answer within 5 s", "edgeHub runs");
    }

    [Theory]
    [InlineData("gateway.invalid")]
    [InlineData("0.0.0.0")]
    public async Task A_name_that_does_not_resolve_ends_the_way(string name)
    {
        await using var hub = await Simulated.StartAsync();
        var environment = EnvironmentOf(hub);
        environment["IOTEDGE_GATEWAYHOSTNAME"] = name;

        var findings = await ExamineAsync(environment, hub.Simulator.Port);

        AssertFailed(findings, "hub name", name, "network of edgeHub");
        Assert.DoesNotContain(findings, f => f.Check is "hub port" or "hub tls");
    }

    [Fact]
    public async Task Half_an_environment_is_one_finding()
    {
        var finding = Assert.Single(await ExamineAsync(new() { ["IOTEDGE_WORKLOADURI"] = "unix:///nowhere", ["IOTEDGE_DEVICEID"] = "dev1" }, 8883));
        Assert.Equal((FindingLevel.Fail, "hub identity"), (finding.Level, finding.Check));
        Assert.Equal("IOTEDGE_WORKLOADURI is set, but IOTEDGE_IOTHUBHOSTNAME, IOTEDGE_MODULEID, IOTEDGE_MODULEGENERATIONID are not.", finding.Detail);
        Assert.Equal("The IoT Edge runtime sets all of them: is one set by hand in the deployment?", finding.Fix);
    }

    [Theory]
    [InlineData(0, nameof(FindingLevel.Ok))]
    [InlineData(-20, nameof(FindingLevel.Warn))]
    [InlineData(20, nameof(FindingLevel.Warn))]
    [InlineData(90, nameof(FindingLevel.Warn))]
    [InlineData(-90, nameof(FindingLevel.Fail))]
    public async Task A_clock_is_compared_with_that_of_the_runtime(int minutes, string level)
    {
        await using var hub = await Simulated.StartAsync();
        var findings = await ExamineAsync(EnvironmentOf(hub), hub.Simulator.Port, time: new Shifted(TimeSpan.FromMinutes(minutes)));
        Assert.Equal(level, $"{Of(findings, "hub clock").Level}");
    }

    [Fact]
    public async Task An_authority_that_ends_soon_is_a_warning()
    {
        await using var hub = await Simulated.StartAsync();
        var last = hub.Authorities().Min(a => a.NotAfter.ToUniversalTime());

        var findings = await ExamineAsync(EnvironmentOf(hub), hub.Simulator.Port, time: new Shifted(last - TimeProvider.System.GetUtcNow().UtcDateTime - TimeSpan.FromDays(29.5)));

        Assert.Equal(FindingLevel.Warn, Of(findings, "trust bundle").Level);
        Assert.Contains("That is in 29 days.", Of(findings, "trust bundle").Detail, StringComparison.Ordinal);
        Assert.NotNull(Of(findings, "trust bundle").Fix);
    }

    [Fact]
    public async Task A_stop_ends_it()
    {
        await using var hub = await Simulated.StartAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => HubChecks.ExamineAsync(EnvironmentOf(hub), new HubOptions { Port = hub.Simulator.Port }, TimeProvider.System, new CancellationToken(true)));
    }

    private static Dictionary<string, string> EnvironmentOf(Simulated hub) => hub.Simulator.Environment.ToDictionary(v => v.Name, v => v.Value);

    private static Dictionary<string, string> ConnectionString(string key) => new()
    {
        ["EdgeHubConnectionString"] = $"HostName={Simulated.Hub};GatewayHostName=localhost;DeviceId={Simulated.Device};ModuleId={Simulated.Module};SharedAccessKey={key}",
    };

    private static Task<IReadOnlyList<Finding>> ExamineAsync(Dictionary<string, string> environment, int port, string? caFile = null, TimeProvider? time = null) =>
        HubChecks.ExamineAsync(environment, new HubOptions { Port = port, CaFile = caFile }, time ?? TimeProvider.System, Stop);

    private static Finding Of(IReadOnlyList<Finding> findings, string check) => Assert.Single(findings, f => f.Check == check);

    private static void AssertFailed(IReadOnlyList<Finding> findings, string check, string detail, string fix)
    {
        var finding = Of(findings, check);
        Assert.Equal(FindingLevel.Fail, finding.Level);
        Assert.Contains(detail, finding.Detail, StringComparison.Ordinal);
        Assert.Contains(fix, finding.Fix, StringComparison.Ordinal);
    }

    private static X509Certificate2 Certificate(ECDsa key, string name, DateTimeOffset until)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        var request = new CertificateRequest("CN=a gateway", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(until.AddDays(-60), until);
    }

    /// <summary>One handshake, which the other side ends.</summary>
    private static async Task RefusedAsync(TcpListener listener, X509Certificate2 certificate)
    {
        using var client = await listener.AcceptTcpClientAsync(Stop);
        await using var tls = new SslStream(client.GetStream());
        try
        {
            await tls.AuthenticateAsServerAsync(certificate);
            _ = await tls.ReadAsync(new byte[1], Stop);
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            // As it should be.
        }
    }

    private static int ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Right in its pace, wrong in its time.</summary>
    private sealed class Shifted(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + by;
    }
}
