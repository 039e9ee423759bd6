using EdgeVision.Configuration;
using EdgeVision.Delivery;

namespace EdgeVision.Azure.Blobs;

/// <summary>A container of Azure Blob Storage, or of what speaks like it.</summary>
/// <param name="Container">Without a query.</param>
/// <param name="Sas">Query of a shared access signature, from the environment; never shown.</param>
/// <param name="SasFile">Its first line is the same; read at each upload, so that it can be renewed while the node runs.</param>
/// <param name="Timeout">Of one upload.</param>
public sealed record BlobOptions(Uri Container, string? Sas, string? SasFile, TimeSpan Timeout)
{
    private const int MaxUrlLength = 1024;

    public static BlobOptions Read(OptionsReader options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var url = options.RequiredText("Container",
            "Address of a blob container, without its signature: `https://ACCOUNT.blob.core.windows.net/evidence`; http on loopback only (Azurite).", CheckUrl);
        var read = new BlobOptions(
            CheckUrl(url) is null ? new Uri(url.TrimEnd('/')) : new Uri("https://localhost/x"),
            options.Secret("Sas", "SasFile", "Shared access signature of the container, with the right to create (`sp=c`): what stands behind the `?`."),
            options.FilePath("SasFile", "File with the signature in its first line; read again at each upload.", PemFile.CheckReadable),
            options.Milliseconds("TimeoutMs", 30_000, 1000, 600_000, "How long the upload of one picture may take before it is tried again."));
        if (read.Sas is not null && read.SasFile is not null) options.Refuse("SasFile", "is set, and so is the signature in the environment; keep one of them.");
        return read;
    }

    /// <summary>The compiler's version would print the signature.</summary>
    public override string ToString() => $"{Container}, {(Sas is null && SasFile is null ? "without a signature" : "signed")}";

    private static string? CheckUrl(string url)
    {
        if (url.Length > MaxUrlLength || !Uri.TryCreate(url, UriKind.Absolute, out var uri)) return "is no address; write https://ACCOUNT.blob.core.windows.net/CONTAINER";
        if (uri.Query.Length > 0 || uri.Fragment.Length > 0 || uri.UserInfo.Length > 0) return "carries more than the container; put what stands behind the ? into SasFile, where no log shows it";
        if (uri.AbsolutePath.Trim('/').Length == 0) return "names no container; write https://ACCOUNT.blob.core.windows.net/CONTAINER";
        return uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback) ? null : "is not https; plain http is for loopback only";
    }
}
