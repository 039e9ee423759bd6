namespace EdgeVision.Azure.Identity;

/// <summary>Signs SAS tokens: with a key of ours, or by the IoT Edge runtime, which never gives its key away.</summary>
public interface ITokenSigner
{
    /// <summary>HMAC-SHA256 of <paramref name="data"/> in UTF-8, base64; or one sentence why not.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="stopping"/> fired.</exception>
    ValueTask<(string? Digest, string? Error)> SignAsync(string data, CancellationToken stopping);
}
