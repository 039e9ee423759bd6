using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EdgeVision.Azure.Hub;

/// <summary>What a server's certificate says, for people; nothing of it has been judged.</summary>
/// <param name="Subject">Distinguished name.</param>
/// <param name="Issuer">Distinguished name.</param>
/// <param name="NotBefore">Begin of its validity.</param>
/// <param name="NotAfter">End of its validity.</param>
/// <param name="Names">DNS names and addresses of its subjectAltName, a few at most.</param>
public sealed record HubCertificate(string Subject, string Issuer, DateTimeOffset NotBefore, DateTimeOffset NotAfter, IReadOnlyList<string> Names)
{
    private const int MaxNames = 8, MaxText = 200;

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"subject '{Subject}', issuer '{Issuer}', valid {NotBefore.UtcDateTime:yyyy-MM-dd HH:mm'Z'} to {NotAfter.UtcDateTime:yyyy-MM-dd HH:mm'Z'}, for {(Names.Count == 0 ? "no names" : string.Join(", ", Names))}");

    internal static HubCertificate Of(X509Certificate shown)
    {
        using var certificate = X509CertificateLoader.LoadCertificate(shown.GetRawCertData());
        return new HubCertificate(Shown(certificate.Subject), Shown(certificate.Issuer), certificate.NotBefore, certificate.NotAfter, [.. NamesOf(certificate).Take(MaxNames).Select(Shown)]);
    }

    private static List<string> NamesOf(X509Certificate2 certificate)
    {
        try
        {
            return [.. certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(e => e.EnumerateDnsNames().Concat(e.EnumerateIPAddresses().Select(a => a.ToString())))];
        }
        catch (CryptographicException)
        {
            return [];
        }
    }

    /// <summary>Strangers wrote it: it must not steer a terminal.</summary>
    private static string Shown(string text) => string.Concat(text.Take(MaxText).Select(c => char.IsControl(c) ? '?' : c));
}
