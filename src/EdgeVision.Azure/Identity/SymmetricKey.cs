using System.Security.Cryptography;
using System.Text;

namespace EdgeVision.Azure.Identity;

/// <summary>The key of a connection string.</summary>
public sealed class SymmetricKey : ITokenSigner
{
    /// <summary>IoT Hub takes keys of 16 to 64 bytes.</summary>
    private const int MinBytes = 16, MaxBytes = 64;

    private readonly byte[] _key;

    private SymmetricKey(byte[] key) => _key = key;

    /// <summary>False for what is no base64 of a key.</summary>
    public static bool TryParse(string base64, out SymmetricKey? key)
    {
        key = null;
        var bytes = new byte[MaxBytes + 3];
        if (!Convert.TryFromBase64String(base64, bytes, out var count) || count is < MinBytes or > MaxBytes) return false;
        key = new SymmetricKey(bytes[..count]);
        return true;
    }

    public ValueTask<(string? Digest, string? Error)> SignAsync(string data, CancellationToken stopping)
    {
        stopping.ThrowIfCancellationRequested();
        return new((Convert.ToBase64String(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(data))), null));
    }
}
