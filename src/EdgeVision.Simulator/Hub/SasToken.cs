using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace EdgeVision.Simulator.Hub;

/// <summary><c>SharedAccessSignature sr={encoded audience}&amp;sig={encoded base64}&amp;se={unix seconds}</c>, in any order.</summary>
internal sealed record SasToken(string EncodedAudience, string Signature, DateTimeOffset Expiry)
{
    private const string Scheme = "SharedAccessSignature ";

    public static bool TryParse(string? text, [NotNullWhen(true)] out SasToken? token)
    {
        token = null;
        if (text is null || !text.StartsWith(Scheme, StringComparison.Ordinal)) return false;
        string? audience = null, signature = null, expiry = null;
        foreach (var pair in text[Scheme.Length..].Split('&'))
        {
            if (pair.StartsWith("sr=", StringComparison.Ordinal)) audience ??= pair[3..];
            else if (pair.StartsWith("sig=", StringComparison.Ordinal)) signature ??= pair[4..];
            else if (pair.StartsWith("se=", StringComparison.Ordinal)) expiry ??= pair[3..];
        }

        if (audience is null || signature is null || !long.TryParse(expiry, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)) return false;
        if (seconds > DateTimeOffset.MaxValue.ToUnixTimeSeconds()) return false;
        token = new SasToken(audience, Uri.UnescapeDataString(signature), DateTimeOffset.FromUnixTimeSeconds(seconds));
        return true;
    }

    /// <summary>Null when the token lets the module in, otherwise why not.</summary>
    public string? Refusal(SimulatedModule module, string hub, DateTimeOffset now)
    {
        var expected = module.Identity.Audience(hub);
        var audience = Uri.UnescapeDataString(EncodedAudience);
        // The C# SDK encodes ids, and then the whole.
        if (!audience.Equals(expected, StringComparison.OrdinalIgnoreCase) && !Uri.UnescapeDataString(audience).Equals(expected, StringComparison.OrdinalIgnoreCase))
            return $"the token is for '{audience}', not for '{expected}'";
        if (!IsSignedWith(module.KeyBytes.Span)) return "the signature is not of this module's key";
        return Expiry <= now ? $"the token expired at {Expiry:O}, and it is {now:O}" : null;
    }

    /// <summary>The audience is signed as it is written, encoded.</summary>
    private bool IsSignedWith(ReadOnlySpan<byte> key)
    {
        var data = Encoding.UTF8.GetBytes($"{EncodedAudience}\n{Expiry.ToUnixTimeSeconds()}");
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, data, expected);
        var given = new byte[HMACSHA256.HashSizeInBytes];
        return Convert.TryFromBase64String(Signature, given, out var written) && CryptographicOperations.FixedTimeEquals(given.AsSpan(0, written), expected);
    }
}
