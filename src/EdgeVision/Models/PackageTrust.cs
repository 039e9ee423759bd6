using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace EdgeVision.Models;

/// <summary>Whose packages are taken: public keys by id. Without any, everybody's, signed or not.</summary>
public sealed class PackageTrust
{
    private const string P256 = "1.2.840.10045.3.1.7";

    private const int MaxPemBytes = 16 << 10;

    /// <summary>SubjectPublicKeyInfo by key id; imported for each use, since a key object is for one thread.</summary>
    private readonly Dictionary<string, byte[]> _keys = [];

    private PackageTrust()
    {
    }

    /// <summary>Takes what its maker does not sign.</summary>
    public static PackageTrust Everybody { get; } = new();

    /// <summary>True when a package must be signed.</summary>
    public bool IsRequired => _keys.Count > 0;

    public IReadOnlyCollection<string> KeyIds => _keys.Keys;

    /// <param name="keys">Each a PEM text, or the full path of a file with one; those that are neither must have been refused before.</param>
    public static PackageTrust Of(IEnumerable<string> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        var trust = new PackageTrust();
        foreach (var text in keys)
        {
            if (!TryRead(text, out var key, out _)) continue;
            using (key) trust._keys[PackageSignature.IdOf(key)] = key.ExportSubjectPublicKeyInfo();
        }

        return trust;
    }

    /// <summary>Null for a key that can be used, otherwise the rest of a sentence that begins with it.</summary>
    /// <inheritdoc cref="Of" path="/param"/>
    public static string? Check(string key)
    {
        if (!TryRead(key, out var read, out var error)) return error;
        read.Dispose();
        return null;
    }

    /// <exception cref="ModelException">Keys are set and none of them signed just this package.</exception>
    public void Require(ModelPackage package)
    {
        ArgumentNullException.ThrowIfNull(package);
        if (!IsRequired) return;
        var name = $"Model {package.Manifest.Name}@{package.Manifest.Version}";
        var signature = package.BareManifest is null ? PackageSignature.Find(package.Folder) : null;
        if (signature is null)
            throw new ModelException($"{name} is not signed, and EdgeVision:Models:TrustedKeys is set, so that only packages signed by one of {string.Join(", ", _keys.Keys)} are taken. Sign it with edgevision model pack --sign.");
        if (!_keys.TryGetValue(signature.KeyId, out var spki))
            throw new ModelException($"{name} is signed by the key {signature.KeyId}, one of {string.Join(", ", _keys.Keys)} was expected. Sign it with one of these, or add its public key to EdgeVision:Models:TrustedKeys.");
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(spki, out _);
        if (!signature.IsOf(PackageContents.Of(package), key))
            throw new ModelException($"The signature of model {package.Manifest.Name}@{package.Manifest.Version} by the key {signature.KeyId} is not one of these files: something was changed, added or removed after it was signed. Get the package again, or sign it again if the change is yours.");
    }

    private static bool TryRead(string key, [NotNullWhen(true)] out ECDsa? read, [NotNullWhen(false)] out string? error)
    {
        (read, error) = (null, null);
        var made = ECDsa.Create();
        try
        {
            var pem = key.Contains("-----BEGIN", StringComparison.Ordinal) ? key : System.Text.Encoding.UTF8.GetString(PackageFile.ReadAll(key, MaxPemBytes, "a public key"));
            if (pem.Contains("PRIVATE KEY", StringComparison.Ordinal)) error = "is a private key; keep that where packages are signed, and put the public one here";
            else
            {
                made.ImportFromPem(pem);
                if (made.ExportParameters(includePrivateParameters: false).Curve.Oid?.Value == P256) read = made;
                else error = "is on another curve; a public key on P-256 was expected (edgevision model keygen makes a pair)";
            }
        }
        catch (ModelException e)
        {
            error = $"cannot be used ({e.Message.TrimEnd('.')}); name a PEM file with -----BEGIN PUBLIC KEY-----";
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            error = $"holds no public key ({e.Message.TrimEnd('.')}); expected PEM with -----BEGIN PUBLIC KEY-----";
        }
        finally
        {
            if (read is null) made.Dispose();
        }

        return read is not null;
    }
}
