using EdgeVision.Delivery;
using EdgeVision.Mqtt;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EdgeVision.IntegrationTests.Mqtt;

public sealed class MqttSecurityTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task User_and_password_file_open_the_door_and_a_wrong_password_is_said()
    {
        await using var broker = await StartWithPasswordAsync("camera", "s3cret!");
        await using var wrong = Some.Sink(Some.Options(broker.Port) with { User = "camera", Password = "guess" });
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "s3cret!\n", Stop);
        await using var right = Some.Sink(Some.Options(broker.Port) with { User = "camera", PasswordFile = file });

        var refused = await wrong.SendAsync(Some.Entries(1), Stop);
        var accepted = await right.SendAsync(Some.Entries(1), Stop);

        File.Delete(file);
        Assert.Equal(DeliveryResult.All(1), accepted);
        Assert.Equal(DeliveryOutcome.RetryLater, refused.Outcome);
        Assert.StartsWith($"127.0.0.1:{broker.Port} refused user 'camera': not authorised", refused.Reason, StringComparison.Ordinal);
        Assert.Contains("Mqtt:PasswordFile", refused.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("guess", refused.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_file_is_read_again_at_the_next_connect()
    {
        await using var broker = await StartWithPasswordAsync("camera", "new");
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "old", Stop);
        await using var sink = Some.Sink(Some.Options(broker.Port) with { User = "camera", PasswordFile = file });
        Assert.NotNull(await sink.ConnectAsync(Stop));

        await File.WriteAllTextAsync(file, "new", Stop);

        Assert.Null(await sink.ConnectAsync(Stop));
        File.Delete(file);
        await sink.DisposeAsync();
    }

    [Fact]
    public async Task A_publish_that_the_access_list_forbids_is_rejected_with_its_topic()
    {
        var folder = Mosquitto.NewFolder();
        var acl = Path.Combine(folder, "acl");
        await File.WriteAllLinesAsync(acl, ["topic write edgevision/gate-7/status", "topic write edgevision/gate-7/door/#"], Stop);
        await using var broker = await Mosquitto.StartAsync(folder, $"acl_file {acl}");
        await using var sink = Some.Sink(Some.Options(broker.Port));

        var result = await sink.SendAsync([Some.Entry(1), Some.Entry(2, camera: "yard"), Some.Entry(3)], Stop);

        Assert.Equal((1, DeliveryOutcome.Rejected), (result.Accepted, result.Outcome));
        Assert.Equal(
            $"127.0.0.1:{broker.Port} does not let this client publish to 'edgevision/gate-7/yard/events/frame'; allow it in the broker's access list.", result.Reason);
    }

    [Fact]
    public async Task Tls_with_the_right_authority_carries_events()
    {
        var (broker, certificates, _) = await StartTlsAsync("DNS:localhost,IP:127.0.0.1");
        await using var _b = broker;
        await using var sink = Some.Sink(Tls(broker, certificates.Authority));

        Assert.Equal(DeliveryResult.All(50), await sink.SendAsync(Some.Entries(50), Stop));
    }

    [Fact]
    public async Task A_broker_of_an_unknown_authority_is_refused_with_the_key_to_set()
    {
        var (broker, _, _) = await StartTlsAsync("IP:127.0.0.1");
        await using var _b = broker;
        var other = new Certificates(Directory.CreateTempSubdirectory().FullName);
        await using var wrong = Some.Sink(Tls(broker, other.Authority));
        await using var none = Some.Sink(Tls(broker, null));

        Assert.Equal(
            $"The certificate of 127.0.0.1:{broker.Port} (issued by 'CN=Plant authority') is not signed by an authority in Mqtt:Tls:CaFile '{other.Authority}'; name the file of its authority there.",
            await wrong.ConnectAsync(Stop));
        Assert.EndsWith("is not signed by an authority this machine trusts; name the file of its authority in Mqtt:Tls:CaFile.", await none.ConnectAsync(Stop), StringComparison.Ordinal);
        Directory.Delete(Path.GetDirectoryName(other.Authority)!, recursive: true);
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_refused_unless_that_name_is_expected()
    {
        var (broker, certificates, _) = await StartTlsAsync("DNS:broker.plant,IP:10.0.0.9");
        await using var _b = broker;
        var options = Tls(broker, certificates.Authority);
        await using var wrong = Some.Sink(options);
        await using var named = Some.Sink(options with { Tls = options.Tls with { ServerName = "broker.plant" } });

        Assert.Equal(
            $"The certificate of 127.0.0.1:{broker.Port} is for broker.plant, 10.0.0.9, not for '127.0.0.1'; set Mqtt:Host or Mqtt:Tls:ServerName to a name it carries, or replace it.",
            await wrong.ConnectAsync(Stop));
        Assert.Null(await named.ConnectAsync(Stop));
    }

    [Fact]
    public async Task An_expired_certificate_is_refused_with_its_dates()
    {
        var (broker, certificates, _) = await StartTlsAsync("IP:127.0.0.1", isExpired: true);
        await using var _b = broker;
        await using var sink = Some.Sink(Tls(broker, certificates.Authority));

        Assert.Equal(
            $"The certificate of 127.0.0.1:{broker.Port} is valid from 2020-01-01 to 2020-01-02, not now; renew it, or set this machine's clock.", await sink.ConnectAsync(Stop));
    }

    [Fact]
    public async Task A_certificate_of_a_client_is_no_broker()
    {
        var (broker, certificates, _) = await StartTlsAsync("IP:127.0.0.1", usage: "clientAuth");
        await using var _b = broker;
        await using var sink = Some.Sink(Tls(broker, certificates.Authority));

        Assert.Contains("is not acceptable (NotValidForUsage)", await sink.ConnectAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mutual_tls_takes_the_client_certificate_and_misses_it_with_the_key_to_set()
    {
        var (broker, certificates, _) = await StartTlsAsync("IP:127.0.0.1", more: ["require_certificate true", "use_identity_as_username true"]);
        await using var _b = broker;
        var (certificate, key) = certificates.Issue("gate-7", "DNS:gate-7", "clientAuth");
        var options = Tls(broker, certificates.Authority);
        await using var without = Some.Sink(options);
        await using var with = Some.Sink(options with { Tls = options.Tls with { ClientCertificateFile = certificate, ClientKeyFile = key } });

        Assert.Equal(DeliveryResult.All(20), await with.SendAsync(Some.Entries(20), Stop));
        Assert.Contains("Mqtt:Tls:ClientCertificateFile", await without.ConnectAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plain_to_a_tls_port_and_tls_to_a_plain_port_are_said()
    {
        var (secure, certificates, _) = await StartTlsAsync("IP:127.0.0.1");
        await using var _b = secure;
        await using var plain = await Mosquitto.StartAsync(Mosquitto.NewFolder());
        await using var plainToSecure = Some.Sink(Some.Options(secure.Port));
        await using var secureToPlain = Some.Sink(Tls(plain, certificates.Authority));

        Assert.Contains("set Mqtt:Tls:Enabled", await plainToSecure.ConnectAsync(Stop), StringComparison.Ordinal);
        Assert.Contains("does that port speak TLS", await secureToPlain.ConnectAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_command_for_people_works_against_an_external_broker()
    {
        await using var broker = await StartWithPasswordAsync("it's me", "s3cret!");
        var options = Some.Options(broker.Port) with { User = "it's me", Password = "s3cret!" };
        await using var desk = RunningDesk.Start(options);
        await desk.ConnectedAsync();
        var command = SubscribeCommand.For(options, desk.Topics);

        var output = await ChildProcess.OutputOfAsync("sh", ["-c", command + " -C 1 -W 10"], ("EDGEVISION__MQTT__PASSWORD", "s3cret!"));

        Assert.DoesNotContain("s3cret!", command, StringComparison.Ordinal);
        Assert.Equal("edgevision/gate-7/status online", output.Trim());
    }

    [Fact]
    public async Task A_client_certificate_that_is_renewed_is_used_without_a_restart_and_nobody_hears_of_it()
    {
        var folder = Mosquitto.NewFolder();
        var certificates = new Certificates(folder);
        var server = certificates.Issue("broker", "IP:127.0.0.1");
        await using var broker = await Mosquitto.StartAsync(
            folder, $"cafile {certificates.Authority}", $"certfile {server.Certificate}", $"keyfile {server.Key}", "require_certificate true", "use_identity_as_username true");
        var (old, renewed) = (certificates.Issue("old", "DNS:old", "clientAuth"), certificates.Issue("renewed", "DNS:renewed", "clientAuth"));
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var options = Tls(broker, certificates.Authority) with { Timeout = TimeSpan.FromHours(10) };
        options = options with { Tls = options.Tls with { ClientCertificateFile = old.Certificate, ClientKeyFile = old.Key } };
        await using var sink = new MqttSink(options, Some.Node, time, NullLogger.Instance);
        await using var desk = RunningDesk.Start(options, time: time);
        Assert.Equal(DeliveryResult.All(1), await sink.SendAsync(Some.Entries(1), Stop));
        await desk.ConnectedAsync();

        File.Copy(renewed.Certificate, old.Certificate, overwrite: true);
        File.Copy(renewed.Key, old.Key, overwrite: true);
        File.SetLastWriteTimeUtc(old.Certificate, time.GetUtcNow().UtcDateTime.AddMinutes(1));
        time.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(DeliveryResult.All(1), await sink.SendAsync(Some.Entries(1, from: 2), Stop));
        while (desk.Log.Lines.Count(l => l.Contains("Connected to", StringComparison.Ordinal)) < 2)
        {
            time.Advance(TimeSpan.FromSeconds(31));
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Stop);
        }

        Assert.DoesNotContain(desk.Log.Lines, static l => l.Contains("lost", StringComparison.Ordinal));
    }

    private static MqttOptions Tls(Mosquitto broker, string? authority) =>
        Some.Options(broker.Port) with { Tls = new MqttTlsOptions(true, authority, null, null, null) };

    private static async Task<(Mosquitto Broker, Certificates Certificates, string Folder)> StartTlsAsync(
        string names, string usage = "serverAuth", bool isExpired = false, params string[] more)
    {
        var folder = Mosquitto.NewFolder();
        var certificates = new Certificates(folder);
        var (certificate, key) = certificates.Issue("broker", names, usage, isExpired);
        var broker = await Mosquitto.StartAsync(folder, [$"cafile {certificates.Authority}", $"certfile {certificate}", $"keyfile {key}", .. more]);
        return (broker, certificates, folder);
    }

    private static async Task<Mosquitto> StartWithPasswordAsync(string user, string password)
    {
        Mosquitto.Require("mosquitto_passwd", "mosquitto");
        var folder = Mosquitto.NewFolder();
        var file = Path.Combine(folder, "passwords");
        ChildProcess.Run("mosquitto_passwd", "-b", "-c", file, user, password);
        return await Mosquitto.StartAsync(folder, "allow_anonymous false", $"password_file {file}");
    }
}
