using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace EdgeVision.Cloud;

/// <summary>Who may ask. Comparing takes as long for a wrong key as for a right one.</summary>
internal sealed class ApiKeys(CloudOptions options)
{
    private const string Bearer = "Bearer ";

    private const int MaxKeyBytes = 4096;

    public bool Allow(HttpRequest request)
    {
        if (options.ApiKey is null && options.ApiKeyFile is null) return true;
        var sent = request.Headers["X-API-Key"].ToString();
        if (sent.Length == 0 && request.Headers.Authorization.ToString() is var header && header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)) sent = header[Bearer.Length..];
        return sent.Length > 0 && Wanted() is { Length: > 0 } wanted && CryptographicOperations.FixedTimeEquals(Hash(sent), Hash(wanted));
    }

    /// <summary>Null while the file cannot be read: then nobody is let in.</summary>
    private string? Wanted()
    {
        if (options.ApiKey is { } key) return key;
        try
        {
            var file = new FileInfo(options.ApiKeyFile!);
            return file.Length > MaxKeyBytes ? null : File.ReadLines(file.FullName).FirstOrDefault()?.Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
