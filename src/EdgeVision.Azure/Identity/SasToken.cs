using System.Globalization;

namespace EdgeVision.Azure.Identity;

/// <summary>A shared access signature: the MQTT password of an identity, for a while.</summary>
/// <param name="Text">A secret: never logged.</param>
/// <param name="Expires">UTC, whole seconds.</param>
/// <remarks>IoT Hub developer guide, "Control access with shared access signatures": the signed text is the encoded audience, a line feed, and the expiry.</remarks>
public sealed record SasToken(string Text, DateTimeOffset Expires)
{
    /// <summary>Signs one.</summary>
    /// <param name="identity">Whom it is for.</param>
    /// <param name="signer">Has the key.</param>
    /// <param name="lifetime">From now.</param>
    /// <param name="time">Whose now.</param>
    /// <param name="stopping">Ends the wait for the signer.</param>
    public static async ValueTask<(SasToken? Token, string? Error)> CreateAsync(
        HubIdentity identity, ITokenSigner signer, TimeSpan lifetime, TimeProvider time, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(identity);
        ArgumentNullException.ThrowIfNull(signer);
        ArgumentNullException.ThrowIfNull(time);
        var expires = DateTimeOffset.FromUnixTimeSeconds((time.GetUtcNow() + lifetime).ToUnixTimeSeconds());
        var expiry = expires.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var (digest, error) = await signer.SignAsync($"{identity.Audience}\n{expiry}", stopping).ConfigureAwait(false);
        return digest is null
            ? (null, error)
            : (new SasToken($"SharedAccessSignature sr={identity.Audience}&sig={Uri.EscapeDataString(digest)}&se={expiry}", expires), null);
    }

    /// <summary>Without the secret.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"SAS token until {Expires:yyyy-MM-dd'T'HH:mm:ss'Z'}");
}
