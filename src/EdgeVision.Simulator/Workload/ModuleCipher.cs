using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace EdgeVision.Simulator.Workload;

/// <summary>Encrypts for a module: what one generation of it encrypted, no other module and no later generation decrypts. AES-256-GCM, key and nonce by HKDF from the module's key.</summary>
internal static class ModuleCipher
{
    private const int KeyBytes = 32;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    public static byte[] Encrypt(SimulatedModule module, ReadOnlySpan<byte> vector, ReadOnlySpan<byte> plain)
    {
        var sealedBytes = new byte[plain.Length + TagBytes];
        using var aes = Open(module, vector, out var nonce);
        aes.Encrypt(nonce, plain, sealedBytes.AsSpan(0, plain.Length), sealedBytes.AsSpan(plain.Length));
        return sealedBytes;
    }

    public static bool TryDecrypt(SimulatedModule module, ReadOnlySpan<byte> vector, ReadOnlySpan<byte> sealedBytes, [NotNullWhen(true)] out byte[]? plain)
    {
        plain = null;
        if (sealedBytes.Length < TagBytes) return false;
        var opened = new byte[sealedBytes.Length - TagBytes];
        using var aes = Open(module, vector, out var nonce);
        try
        {
            aes.Decrypt(nonce, sealedBytes[..opened.Length], sealedBytes[opened.Length..], opened);
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }

        plain = opened;
        return true;
    }

    private static AesGcm Open(SimulatedModule module, ReadOnlySpan<byte> vector, out byte[] nonce)
    {
        Span<byte> derived = stackalloc byte[KeyBytes + NonceBytes];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, module.KeyBytes.Span, derived, vector, Encoding.UTF8.GetBytes($"{module.Identity}/{module.Generation}"));
        nonce = derived[KeyBytes..].ToArray();
        return new AesGcm(derived[..KeyBytes], TagBytes);
    }
}
