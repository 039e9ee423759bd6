using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using MQTTnet;

namespace EdgeVision.Mqtt;

/// <summary>
/// Judges the certificate of a broker, and remembers in one sentence what was wrong with it: the exception that SslStream throws says
/// only that something was. Revocation lists are not asked for, because edge nodes often cannot reach them and would be deaf instead.
/// </summary>
internal sealed class ServerCertificateCheck(MqttOptions options, X509Certificate2Collection? authorities)
{
    /// <summary>Null while nothing was wrong.</summary>
    public string? Failure { get; private set; }

    public bool Accepts(MqttClientCertificateValidationEventArgs shown)
    {
        if (shown.Certificate is null)
        {
            Failure = $"{options.Broker} showed no certificate; is it set up for TLS?";
            return false;
        }

        using var certificate = X509CertificateLoader.LoadCertificate(shown.Certificate.GetRawCertData());
        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new("1.3.6.1.5.5.7.3.1")); // serverAuth: a node's certificate of the same authority is no broker
        foreach (var element in shown.Chain?.ChainElements ?? Enumerable.Empty<X509ChainElement>()) chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        if (authorities is not null)
        {
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        if (!chain.Build(certificate)) Failure = OfChain(certificate, chain);
        else if (shown.SslPolicyErrors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)) Failure = OfName(certificate);
        foreach (var element in chain.ChainElements) element.Certificate.Dispose();
        return Failure is null;
    }

    private string OfChain(X509Certificate2 certificate, X509Chain chain)
    {
        var flags = X509ChainStatusFlags.NoError;
        foreach (var status in chain.ChainStatus) flags |= status.Status;
        if (flags.HasFlag(X509ChainStatusFlags.NotTimeValid))
        {
            return string.Create(CultureInfo.InvariantCulture,
                $"The certificate of {options.Broker} is valid from {certificate.NotBefore:yyyy-MM-dd} to {certificate.NotAfter:yyyy-MM-dd}, not now; renew it, or set this machine's clock.");
        }

        if ((flags & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) != 0)
        {
            return options.Tls.CaFile is { } ca
                ? $"The certificate of {options.Broker} (issued by '{certificate.Issuer}') is not signed by an authority in Mqtt:Tls:CaFile '{ca}'; name the file of its authority there."
                : $"The certificate of {options.Broker} (issued by '{certificate.Issuer}') is not signed by an authority this machine trusts; name the file of its authority in Mqtt:Tls:CaFile.";
        }

        return $"The certificate of {options.Broker} is not acceptable ({flags}); replace it in the broker.";
    }

    private string OfName(X509Certificate2 certificate)
    {
        var names = new List<string>();
        foreach (var extension in certificate.Extensions)
        {
            if (extension is not X509SubjectAlternativeNameExtension alternative) continue;
            names.AddRange(alternative.EnumerateDnsNames());
            foreach (var address in alternative.EnumerateIPAddresses()) names.Add(address.ToString());
        }

        var carried = names.Count > 0 ? string.Join(", ", names) : "no name";
        return $"The certificate of {options.Broker} is for {carried}, not for '{options.Tls.ServerName ?? options.Host}'; set Mqtt:Host or Mqtt:Tls:ServerName to a name it carries, or replace it.";
    }
}
