using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EdgeVision.Azure.Hub;

namespace EdgeVision.IntegrationTests.Azure;

/// <summary>When a certificate is refused, whether a newer trust bundle may help.</summary>
public sealed class HubTrustTests
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    [Fact]
    public void An_authority_that_has_run_out_may_have_been_renewed_under_the_key_it_had()
    {
        using var old = Authority(Now.AddDays(-9), Now.AddDays(-1));
        using var renewed = Authority(Now.AddDays(-2), Now.AddDays(9));
        using var server = Server(renewed, Now.AddDays(-1), Now.AddDays(1));

        var before = new HubTrust("localhost", [old]);
        Assert.False(before.Accepts(server, sent: null));
        Assert.True(before.IsUntrusted, before.Failure);

        Assert.True(new HubTrust("localhost", [renewed]).Accepts(server, sent: null));
    }

    [Fact]
    public void A_server_that_has_run_out_itself_is_not_helped_by_another_bundle()
    {
        using var authority = Authority(Now.AddDays(-9), Now.AddDays(9));
        using var server = Server(authority, Now.AddDays(-5), Now.AddDays(-1));

        var trust = new HubTrust("localhost", [authority]);
        Assert.False(trust.Accepts(server, sent: null));
        Assert.False(trust.IsUntrusted);
        Assert.Contains("is not valid now", trust.Failure, StringComparison.Ordinal);
    }

    private X509Certificate2 Authority(DateTimeOffset from, DateTimeOffset to)
    {
        var request = new CertificateRequest("CN=edge CA", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        return request.CreateSelfSigned(from, to);
    }

    private static X509Certificate2 Server(X509Certificate2 authority, DateTimeOffset from, DateTimeOffset to)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        return request.Create(authority, from, to, [1, 2, 3, 4]);
    }
}
