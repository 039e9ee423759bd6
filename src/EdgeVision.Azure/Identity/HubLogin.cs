namespace EdgeVision.Azure.Identity;

/// <summary>An identity with what proves it.</summary>
/// <param name="Identity">Checked.</param>
/// <param name="Signer">Signs SAS tokens; null for <paramref name="HasCertificate"/>.</param>
/// <param name="HasCertificate">A TLS client certificate proves it, and there is no token.</param>
/// <param name="Workload">Where it came from an IoT Edge device: also the source of trust.</param>
public sealed record HubLogin(HubIdentity Identity, ITokenSigner? Signer, bool HasCertificate, WorkloadApi? Workload) : IDisposable
{
    /// <summary>PEM file with the gateway's authority, from the environment; null for none.</summary>
    public string? CaFile { get; init; }

    public void Dispose() => Workload?.Dispose();
}
