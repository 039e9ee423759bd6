using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EdgeVision.Delivery;

/// <summary>Certificates and keys in PEM files, with one sentence for each way they can be wrong.</summary>
public static class PemFile
{
    /// <summary>Null when the file can be opened, otherwise the rest of a sentence that begins with its path.</summary>
    public static string? CheckReadable(string path)
    {
        if (RegularFile.Otherwise(path) is { } other) return $"is {other}; name a regular file";
        try
        {
            using var file = File.OpenHandle(path);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return e switch
            {
                FileNotFoundException or DirectoryNotFoundException => "does not exist; correct the path or put the file there",
                UnauthorizedAccessException => "is no readable file for this user; grant read permission, or name a file",
                _ => $"cannot be opened ({e.Message}); name a readable file",
            };
        }
    }

    /// <summary>The caller owns what is in the collection. An error is the rest of a sentence that begins with the key.</summary>
    public static bool TryLoadAuthorities(string path, [NotNullWhen(true)] out X509Certificate2Collection? authorities, [NotNullWhen(false)] out string? error)
    {
        authorities = null;
        if (CheckReadable(path) is { } unreadable)
        {
            error = $"'{path}' {unreadable}.";
            return false;
        }

        try
        {
            var loaded = new X509Certificate2Collection();
            loaded.ImportFromPemFile(path);
            if (loaded.Count > 0)
            {
                authorities = loaded;
                error = null;
                return true;
            }

            error = $"'{path}' holds no certificate; expected PEM with -----BEGIN CERTIFICATE-----.";
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            error = $"'{path}' holds a broken certificate ({e.Message.TrimEnd('.')}); expected PEM with -----BEGIN CERTIFICATE-----.";
        }

        return false;
    }

    /// <summary>The caller disposes the certificate.</summary>
    public static bool TryLoadClient(string path, string keyPath, [NotNullWhen(true)] out X509Certificate2? certificate, [NotNullWhen(false)] out string? error)
    {
        certificate = null;
        foreach (var file in (ReadOnlySpan<string>)[path, keyPath])
        {
            if (CheckReadable(file) is not { } unreadable) continue;
            error = $"'{file}' {unreadable}.";
            return false;
        }

        try
        {
            certificate = X509Certificate2.CreateFromPemFile(path, keyPath);
            error = null;
            return true;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            error = $"'{path}' and '{keyPath}' are not a certificate and its key ({e.Message.TrimEnd('.')}); expected PEM, the key not encrypted.";
            return false;
        }
    }
}
