using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EdgeVision.Simulator;

/// <summary>The edge CA: its certificate, and the one it issued to the gateway. Made anew by <see cref="Create"/>, kept as PEM between runs.</summary>
internal sealed class CertificateAuthority : IDisposable
{
    private const string Subject = "CN=EdgeVision simulator CA, O=EdgeVision";

    private readonly X509Certificate2 _ca;

    private CertificateAuthority(X509Certificate2 ca, string gateway)
    {
        _ca = ca;
        Server = Issue(ca, gateway);
    }

    /// <summary>What TLS clients see; with its key.</summary>
    public X509Certificate2 Server { get; }

    /// <summary>The trust bundle.</summary>
    public string CertificatePem => _ca.ExportCertificatePem() + "\n";

    public string KeyPem
    {
        get
        {
            using var key = _ca.GetECDsaPrivateKey()!;
            return key.ExportPkcs8PrivateKeyPem();
        }
    }

    public static CertificateAuthority Create(string gateway)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(Subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        var now = Now();
        return new CertificateAuthority(request.CreateSelfSigned(now.AddDays(-1), now.AddYears(2)), gateway);
    }

    /// <exception cref="CryptographicException">Not PEM, or not a pair.</exception>
    public static CertificateAuthority Load(string certificatePem, string keyPem, string gateway) => new(X509Certificate2.CreateFromPem(certificatePem, keyPem), gateway);

    /// <summary>A year ahead of its end a kept CA is not worth keeping.</summary>
    public bool IsFresh => _ca.NotAfter.ToUniversalTime() > Now().AddYears(1).UtcDateTime;

    public void Dispose()
    {
        Server.Dispose();
        _ca.Dispose();
    }

    private static X509Certificate2 Issue(X509Certificate2 ca, string gateway)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={gateway}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1", "serverAuth")], critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(ca, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        request.CertificateExtensions.Add(Names(gateway));
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] &= 0x7F; // a positive number (RFC 5280, 4.1.2.2)
        var now = Now();
        using var certificate = request.Create(ca, now.AddHours(-1), now.AddYears(1), serial);
        return certificate.CopyWithPrivateKey(key);
    }

    private static X509Extension Names(string gateway)
    {
        var names = new SubjectAlternativeNameBuilder();
        foreach (var name in new[] { "localhost", gateway, Dns.GetHostName() }.Distinct(StringComparer.OrdinalIgnoreCase))
            if (Uri.CheckHostName(name) == UriHostNameType.Dns) names.AddDnsName(name);
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        return names.Build();
    }

    /// <summary>The machine's clock even where a test owns the time: it is by this one that TLS judges certificates.</summary>
    private static DateTimeOffset Now() => TimeProvider.System.GetUtcNow();
}
