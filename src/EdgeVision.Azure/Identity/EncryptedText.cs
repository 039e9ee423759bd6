using System.Security.Cryptography;
using System.Text;

namespace EdgeVision.Azure.Identity;

/// <summary>
/// A secret at rest on an IoT Edge device: encrypted by the workload API, with a key that this module alone has, on this device, until it is deployed anew.
/// A line of text: prefix, version, initialisation vector and cipher text, the last two in base64.
/// </summary>
public static class EncryptedText
{
    private const string Version = "v1:";

    private const int VectorBytes = 16, MaxBytes = 1024;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The line, or one sentence.</summary>
    public static async ValueTask<(string? Line, string? Error)> EncryptAsync(WorkloadApi workload, string text, string prefix, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(workload);
        var plain = Strict.GetBytes(text);
        if (plain.Length is 0 or > MaxBytes) return (null, $"The secret has {plain.Length} bytes; 1 to {MaxBytes} can be encrypted.");
        var vector = RandomNumberGenerator.GetBytes(VectorBytes);
        var (cipher, error) = await workload.EncryptAsync(plain, vector, stopping).ConfigureAwait(false);
        CryptographicOperations.ZeroMemory(plain);
        return cipher is null ? (null, error) : ($"{prefix}{Version}{Convert.ToBase64String(vector)}:{Convert.ToBase64String(cipher)}", null);
    }

    /// <summary>The secret, or one sentence that holds nothing of it.</summary>
    public static async ValueTask<(string? Text, string? Error)> DecryptAsync(WorkloadApi workload, string line, string prefix, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(workload);
        ArgumentNullException.ThrowIfNull(line);
        ArgumentNullException.ThrowIfNull(prefix);
        var parts = line.StartsWith(prefix + Version, StringComparison.Ordinal) ? line[(prefix.Length + Version.Length)..].Split(':') : [];
        if (parts.Length != 2 || Bytes(parts[0]) is not { Length: VectorBytes } vector || Bytes(parts[1]) is not { Length: > 0 } cipher)
            return (null, "The encrypted text is damaged; make it again with edgevision secret encrypt.");
        var (plain, error) = await workload.DecryptAsync(cipher, vector, stopping).ConfigureAwait(false);
        if (plain is null) return (null, $"{error} If the module was deployed anew since, make the file again with edgevision secret encrypt.");
        try
        {
            return (Strict.GetString(plain), null);
        }
        catch (DecoderFallbackException)
        {
            return (null, "What was decrypted is no text; make the file again with edgevision secret encrypt.");
        }
    }

    private static byte[]? Bytes(string base64)
    {
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out var length) ? bytes[..length] : null;
    }
}
