using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace EdgeVision.Azure.Hub;

/// <summary>What a TLS handshake with a hub or gateway came to; nobody logs in.</summary>
/// <param name="Failure">Null when it is trusted; otherwise one sentence.</param>
/// <param name="Shown">The server's certificate, trusted or not; null when none came.</param>
/// <param name="Protocol">TLS version agreed on.</param>
public sealed record HubHandshake(string? Failure, HubCertificate? Shown, SslProtocols Protocol)
{
    /// <summary>Judges as the link of a node does.</summary>
    /// <param name="connected">TCP; stays the caller's.</param>
    /// <param name="host">The name it must have.</param>
    /// <param name="authorities">Null for the machine's store.</param>
    /// <param name="file">Where the authorities were read; null when the runtime told them.</param>
    /// <param name="stopping">Ends the wait.</param>
    public static async Task<HubHandshake> TryAsync(Stream connected, string host, X509Certificate2Collection? authorities, string? file, CancellationToken stopping)
    {
        var trust = new HubTrust(host, authorities, file);
        HubCertificate? shown = null;
        using var tls = new SslStream(connected, leaveInnerStreamOpen: true);
        try
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = host,
                    EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                    CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                    RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
                    {
                        if (certificate is not null) shown = HubCertificate.Of(certificate);
                        return trust.Accepts(certificate, chain);
                    },
                },
                stopping).ConfigureAwait(false);
            return new HubHandshake(null, shown, tls.SslProtocol);
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            var failure = trust.Failure ?? $"{host} did not agree on TLS ({e.GetBaseException().Message.TrimEnd('.')}); is another server on that port, or does something between cut TLS open?";
            return new HubHandshake(failure, shown, SslProtocols.None);
        }
    }
}
