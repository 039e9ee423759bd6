using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using MQTTnet;

namespace EdgeVision.Azure.Hub;

/// <summary>
/// Judges the certificate of a hub or gateway against authorities held in memory (an edgeHub: the workload API's trust bundle) or against the
/// machine's store (IoT Hub itself), and remembers in one sentence what was wrong. No revocation lists: edge nodes often cannot reach them.
/// </summary>
/// <param name="host">Connected to; the certificate must carry it.</param>
/// <param name="authorities">Null for the machine's store.</param>
/// <param name="file">Where the authorities were read; null when the runtime told them.</param>
internal sealed class HubTrust(string host, X509Certificate2Collection? authorities, string? file = null)
{
    /// <summary>serverAuth (RFC 5280, 4.2.1.12).</summary>
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>Null while nothing was wrong. Whether a new trust bundle may help: <see cref="IsUntrusted"/>.</summary>
    public string? Failure { get; private set; }

    /// <summary>The chain ended at an authority that is not trusted: it may have been renewed.</summary>
    public bool IsUntrusted { get; private set; }

    public bool Accepts(MqttClientCertificateValidationEventArgs shown) => Accepts(shown.Certificate, shown.Chain);

    /// <param name="shown">The server's own; null when it showed none.</param>
    /// <param name="sent">Holds the intermediate ones that it sent along.</param>
    public bool Accepts(X509Certificate? shown, X509Chain? sent)
    {
        if (shown is null)
        {
            Failure = $"{host} showed no certificate; is it an IoT Hub or edgeHub?";
            return false;
        }

        using var certificate = X509CertificateLoader.LoadCertificate(shown.GetRawCertData());
        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new(ServerAuthentication));
        foreach (var element in sent?.ChainElements ?? Enumerable.Empty<X509ChainElement>()) chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        if (authorities is not null)
        {
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        if (!chain.Build(certificate)) Failure = OfChain(certificate, chain);
        else if (!certificate.MatchesHostname(host)) Failure = $"The certificate of {host} ('{certificate.Subject}') is not for that name; set GatewayHostName to the name it carries, or correct hostname in the device's config.toml.";
        foreach (var element in chain.ChainElements) element.Certificate.Dispose();
        return Failure is null;
    }

    /// <summary>End of a sentence.</summary>
    private string Trusted => (authorities, file) switch
    {
        (null, _) => "an authority this machine trusts; name the file of a gateway's own authority with EdgeVision:IotHub:CaFile, or update ca-certificates for a hub",
        (_, null) => "an authority of the IoT Edge trust bundle; compare trust_bundle_cert of the device's config.toml",
        _ => $"an authority in '{file}'; name the file of this gateway's own authority with EdgeVision:IotHub:CaFile",
    };

    private string OfChain(X509Certificate2 certificate, X509Chain chain)
    {
        var flags = X509ChainStatusFlags.NoError;
        foreach (var status in chain.ChainStatus) flags |= status.Status;
        if (chain.ChainElements.FirstOrDefault(e => e.ChainElementStatus.Any(s => s.Status is X509ChainStatusFlags.NotTimeValid)) is { } late)
        {
            // An authority that has run out may have been renewed, under the same name and key even.
            IsUntrusted = late != chain.ChainElements[0];
            return string.Create(CultureInfo.InvariantCulture,
                $"The certificate of {host} or of its authority is not valid now ('{late.Certificate.Subject}' is from {late.Certificate.NotBefore:yyyy-MM-dd} to {late.Certificate.NotAfter:yyyy-MM-dd}); renew it (iotedge system restart), or set this machine's clock.");
        }

        IsUntrusted = (flags & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.NotSignatureValid)) != 0;
        return IsUntrusted
            ? $"The certificate of {host} (issued by '{certificate.Issuer}') is not signed by {Trusted}."
            : $"The certificate of {host} is not acceptable ({flags}); replace it.";
    }
}
