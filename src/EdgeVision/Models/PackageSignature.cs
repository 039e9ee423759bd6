using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EdgeVision.Configuration;

namespace EdgeVision.Models;

/// <summary>
/// Who vouches for a package: ECDSA with P-256 and SHA-256 over the text of its <see cref="PackageContents"/>, in a file beside the others.
/// The encoding is that of <c>openssl dgst -sha256 -sign</c>, so that a key may live where this program does not reach.
/// </summary>
/// <param name="KeyId">Names the key: the first 16 hex digits of the sha256 of its public half (SubjectPublicKeyInfo, DER).</param>
/// <param name="Value">DER of r and s (RFC 3279, 2.2.3).</param>
public sealed record PackageSignature(string KeyId, ReadOnlyMemory<byte> Value)
{
    public const string FileName = "signature.json";

    internal const int MaxBytes = 64 << 10;

    private const string Algorithm = "ecdsa-p256-sha256";

    private const int KeyIdDigits = 16;

    /// <summary>DER of two 32-byte numbers has at most 72 bytes.</summary>
    private const int MaxValueBytes = 72;

    /// <param name="contents">Of the package.</param>
    /// <param name="key">With its private half, on P-256.</param>
    public static PackageSignature Sign(PackageContents contents, ECDsa key)
    {
        ArgumentNullException.ThrowIfNull(contents);
        ArgumentNullException.ThrowIfNull(key);
        return new PackageSignature(IdOf(key), key.SignData(Encoding.UTF8.GetBytes(contents.Text), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
    }

    /// <summary>True when the key made this signature of these contents.</summary>
    public bool IsOf(PackageContents contents, ECDsa key)
    {
        ArgumentNullException.ThrowIfNull(contents);
        ArgumentNullException.ThrowIfNull(key);
        return key.VerifyData(Encoding.UTF8.GetBytes(contents.Text), Value.Span, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }

    public static string IdOf(ECDsa key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()))[..KeyIdDigits];
    }

    /// <summary>Of a package's folder; null when it has none.</summary>
    /// <exception cref="ModelException">It is there and is not one.</exception>
    public static PackageSignature? Find(string folder) => File.Exists(Path.Combine(folder, FileName))
        ? Parse(PackageFile.ReadAll(folder, FileName, MaxBytes, "the signature"), Path.Combine(folder, FileName))
        : null;

    /// <param name="json">UTF-8.</param>
    /// <param name="name">Of the file, for the errors.</param>
    /// <exception cref="ModelException">It is no signature.</exception>
    public static PackageSignature Parse(ReadOnlyMemory<byte> json, string name)
    {
        var root = JsonText.Parse(json, name, MaxBytes, "an object with algorithm, keyId and signature", out var error) ?? throw new ModelException(error!);
        var (signature, mistakes) = OptionsReading.Read(root, FileName, Read);
        return mistakes.Count == 0 ? signature : throw new ModelException($"{name} is no signature: {string.Join(' ', mistakes)} Sign the package again with edgevision model pack --sign.");
    }

    /// <summary>As <see cref="Parse"/> reads it, with a line feed.</summary>
    public byte[] ToJson()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("algorithm", Algorithm);
            json.WriteString("keyId", KeyId);
            json.WriteString("signature", Convert.ToBase64String(Value.Span));
            json.WriteEndObject();
        }

        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    private static PackageSignature Read(OptionsReader reader)
    {
        _ = reader.RequiredText("algorithm", "How it was made.", static t => t == Algorithm ? null : $"is not {Algorithm}, the only one that is checked");
        var id = reader.RequiredText("keyId", "Of the key that made it.", static t => t.Length == KeyIdDigits && t.All(char.IsAsciiHexDigitLower) ? null : $"is not {KeyIdDigits} lower-case hexadecimal digits");
        var text = reader.RequiredText("signature", "Base64.", static t => TryDecode(t) is null ? $"is not the base64 of at most {MaxValueBytes} bytes" : null);
        return new PackageSignature(id, TryDecode(text) ?? []);
    }

    private static byte[]? TryDecode(string base64)
    {
        var bytes = new byte[MaxValueBytes];
        return base64.Length > 0 && Convert.TryFromBase64String(base64, bytes, out var count) && count > 0 ? bytes[..count] : null;
    }
}
