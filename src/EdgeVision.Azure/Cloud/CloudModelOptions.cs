using EdgeVision.Configuration;
using EdgeVision.Delivery;
using EdgeVision.Fallback;

namespace EdgeVision.Azure.Cloud;

/// <summary>The server that is asked when the edge is unsure, and how.</summary>
public sealed record CloudModelOptions
{
    /// <summary>The section's name.</summary>
    public const string Key = "Cloud";

    private const int MaxUrlLength = 1024;

    /// <summary>Root of the server: paths of the protocol begin behind it.</summary>
    public required Uri Url { get; init; }

    /// <summary>Asked as <c>MODEL-detect</c>.</summary>
    public required string Model { get; init; }

    /// <summary>Null for the newest.</summary>
    public string? Version { get; init; }

    /// <summary>From the environment; never shown.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Its first line is the same; read for every question.</summary>
    public string? ApiKeyFile { get; init; }

    /// <summary>PEM; null for the system's authorities.</summary>
    public string? CaFile { get; init; }

    public string? ClientCertificateFile { get; init; }

    public string? ClientKeyFile { get; init; }

    public required TimeSpan Timeout { get; init; }

    /// <summary>Pixels; pictures are scaled down to it, never up.</summary>
    public required int Width { get; init; }

    /// <summary>1..100, of the JPEG.</summary>
    public required int Quality { get; init; }

    public required FallbackOptions Fallback { get; init; }

    public static CloudModelOptions Read(OptionsReader options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var url = options.RequiredText("Url", "Root of a server of the Open Inference Protocol: `https://inference.example`; http on loopback only.", CheckUrl);
        var read = new CloudModelOptions
        {
            Url = CheckUrl(url) is null ? new Uri(url.TrimEnd('/') + "/") : new Uri("https://localhost/"),
            Model = options.RequiredText("Model", "Name of the heavier model there; it is asked by pictures, as `NAME-detect` (docs/cloud-server.md).", CheckName),
            Version = options.Text("Version", null, "Version of that model; the newest when absent.", CheckName),
            ApiKey = options.Secret("ApiKey", "ApiKeyFile", "Key of the server, sent as `Authorization: Bearer`."),
            ApiKeyFile = options.FilePath("ApiKeyFile", "File with the key in its first line; read again for every question.", PemFile.CheckReadable),
            CaFile = options.FilePath("CaFile", "PEM with the authorities that may vouch for the server; the system's when absent.", PemFile.CheckReadable),
            ClientCertificateFile = options.FilePath("ClientCertificateFile", "PEM with this node's certificate, for a server that asks for one.", PemFile.CheckReadable),
            ClientKeyFile = options.FilePath("ClientKeyFile", "PEM with its private key.", PemFile.CheckReadable),
            Timeout = options.Milliseconds("TimeoutMs", 5000, 100, 600_000, "How long a question may take before it counts as failed."),
            Width = options.Integer("Width", 1280, 64, 8192, "Largest width of the picture that is sent, in pixels. Raising it shows smaller things and costs traffic."),
            Quality = options.Integer("Quality", 80, 1, 100, "Quality of its JPEG."),
            Fallback = options.Section(FallbackOptions.Key, FallbackOptions.Read),
        };
        if (read.ApiKey is not null && read.ApiKeyFile is not null) options.Refuse("ApiKeyFile", "is set, and so is the key in the environment; keep one of them.");
        if ((read.ClientCertificateFile is null) != (read.ClientKeyFile is null)) options.Refuse("ClientCertificateFile", "certificate and key belong together; name both, ClientCertificateFile and ClientKeyFile, or neither.");
        return read;
    }

    /// <summary>The compiler's version would print the key.</summary>
    public override string ToString() => $"{Url.Authority}, {Model}{(Version is null ? "" : $"@{Version}")}";

    private static string? CheckUrl(string url)
    {
        if (url.Length > MaxUrlLength || !Uri.TryCreate(url, UriKind.Absolute, out var uri)) return "is no address; write https://host";
        if (uri.Query.Length > 0 || uri.Fragment.Length > 0 || uri.UserInfo.Length > 0) return "carries more than an address; put a key into ApiKeyFile, where no log shows it";
        return uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback) ? null : "is not https; plain http is for loopback only";
    }

    private static string? CheckName(string name) =>
        name.Length is > 0 and <= 200 && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '+') ? null : "is no name of a model; letters, digits, '.', '_', '-' and '+' were expected";
}
