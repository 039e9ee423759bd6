using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EdgeVision.Azure.Hub;

/// <summary>Authorities of a file, for who connects without an IoT Edge runtime that tells them.</summary>
public static class HubAuthorities
{
    /// <summary>Those of a PEM file, which the caller disposes; or one sentence why not.</summary>
    public static (X509Certificate2Collection? Authorities, string? Error) Read(string file)
    {
        var read = new X509Certificate2Collection();
        try
        {
            read.ImportFromPemFile(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return (null, $"The authority of the gateway cannot be read from '{file}' ({e.Message.TrimEnd('.')}); name a PEM file that this user may read.");
        }

        return read.Count > 0 ? (read, null) : (null, $"'{file}' holds no certificate; name a PEM file with the gateway's authority.");
    }
}
