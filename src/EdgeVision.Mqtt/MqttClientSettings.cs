using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using EdgeVision.Delivery;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace EdgeVision.Mqtt;

/// <summary>
/// Our options in the client's words. Password and certificates are read from their files here, that is at every connect: whoever
/// replaces them needs no restart.
/// </summary>
internal sealed class MqttClientSettings : IDisposable
{
    private readonly X509Certificate2Collection? _authorities;
    private readonly X509Certificate2? _certificate;
    private readonly ServerCertificateCheck _check;

    private MqttClientSettings(MqttSession session, MqttProtocolVersion version, X509Certificate2Collection? authorities, X509Certificate2? certificate, string? password)
    {
        (_authorities, _certificate) = (authorities, certificate);
        _check = new ServerCertificateCheck(session.Options, authorities);
        var options = session.Options;
        Options = new MqttClientOptions
        {
            ProtocolVersion = version,
            ClientId = session.ClientId,
            CleanSession = true, // the outbox is the store of truth, the broker need not remember us
            KeepAlivePeriod = options.KeepAlive,
            Timeout = options.Timeout,
            Credentials = options.User is null ? null : new MqttClientCredentials(options.User, password is null ? null : Encoding.UTF8.GetBytes(password)),
            WillTopic = session.HasStatus ? session.Topics.Status : null,
            WillPayload = session.HasStatus ? "offline"u8.ToArray() : null,
            WillQualityOfServiceLevel = session.HasStatus ? MqttQualityOfServiceLevel.AtLeastOnce : MqttQualityOfServiceLevel.AtMostOnce,
            WillRetain = session.HasStatus,
            ChannelOptions = new MqttClientTcpOptions
            {
                RemoteEndpoint = new DnsEndPoint(options.Host ?? throw new InvalidOperationException("The sink needs a host; see MqttOptions.AtLoopback."), options.Port),
                StreamProvider = new BrokerSocket(),
                TlsOptions = Tls(options.Tls, options.Host),
            },
        };
    }

    public MqttClientOptions Options { get; }

    /// <summary>What was wrong with the broker's certificate, null while nothing was.</summary>
    public string? CertificateFailure => _check.Failure;

    /// <summary>Null with one sentence when a file cannot be used.</summary>
    public static MqttClientSettings? Load(MqttSession session, MqttProtocolVersion version, out string? error)
    {
        var options = session.Options;
        if (!TryReadPassword(options, out var password, out error)) return null;
        X509Certificate2Collection? authorities = null;
        if (options.Tls is { Enabled: true, CaFile: { } ca } && !PemFile.TryLoadAuthorities(ca, out authorities, out var wrongCa))
        {
            error = "Mqtt:Tls:CaFile " + wrongCa;
            return null;
        }

        X509Certificate2? certificate = null;
        if (options.Tls is { Enabled: true, ClientCertificateFile: { } file, ClientKeyFile: { } key }
            && !PemFile.TryLoadClient(file, key, out certificate, out var wrongCertificate))
        {
            Dispose(authorities);
            error = "Mqtt:Tls:ClientCertificateFile " + wrongCertificate;
            return null;
        }

        return new MqttClientSettings(session, version, authorities, certificate, password);
    }

    public void Dispose()
    {
        Dispose(_authorities);
        _certificate?.Dispose();
    }

    private MqttClientTlsOptions Tls(MqttTlsOptions tls, string host) => !tls.Enabled ? new MqttClientTlsOptions { UseTls = false } : new MqttClientTlsOptions
    {
        UseTls = true,
        TargetHost = tls.ServerName ?? host,
        SslProtocol = SslProtocols.Tls12 | SslProtocols.Tls13,
        RevocationMode = X509RevocationMode.NoCheck,
        CertificateValidationHandler = _check.Accepts,
        ClientCertificatesProvider = _certificate is null ? null : new DefaultMqttCertificatesProvider(new X509Certificate2Collection(_certificate)),
    };

    private static bool TryReadPassword(MqttOptions options, out string? password, out string? error)
    {
        (password, error) = (options.Password, null);
        if (options.PasswordFile is not { } path) return true;
        try
        {
            using var reader = new StreamReader(path, Encoding.UTF8);
            password = reader.ReadLine() ?? "";
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error = $"Mqtt:PasswordFile '{path}' cannot be read ({e.Message.TrimEnd('.')}); put the password into its first line and let this user read it.";
            return false;
        }
    }

    private static void Dispose(X509Certificate2Collection? certificates)
    {
        foreach (var certificate in certificates ?? []) certificate.Dispose();
    }
}
