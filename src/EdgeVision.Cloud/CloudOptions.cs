using System.Net;
using EdgeVision.Configuration;
using EdgeVision.Onnx;

namespace EdgeVision.Cloud;

/// <summary>The one configuration tree of the server, below the key <c>EdgeVision</c>. Ranges, defaults and trade-offs: <see cref="Read"/>.</summary>
internal sealed record CloudOptions
{
    /// <summary>Full path: a package in each folder, or a folder for each name with a package in each version.</summary>
    public required string Models { get; init; }

    public required IPAddress Address { get; init; }

    /// <summary>0 for any that is free.</summary>
    public required int Port { get; init; }

    /// <summary>Null for none.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Full path; read at every request, so that a key can be renewed. Null for none.</summary>
    public string? ApiKeyFile { get; init; }

    /// <summary>Full path, PEM; null for plain HTTP.</summary>
    public string? CertificateFile { get; init; }

    public string? KeyFile { get; init; }

    /// <summary>Full path, PEM: who may connect. Null for everybody.</summary>
    public string? ClientCaFile { get; init; }

    public required int MaxBatch { get; init; }

    public required TimeSpan MaxDelay { get; init; }

    /// <summary>Requests of a model that wait.</summary>
    public required int Queue { get; init; }

    /// <summary>Images of a model that are looked at side by side.</summary>
    public required int Workers { get; init; }

    public required long MaxRequestBytes { get; init; }

    public required TimeSpan Timeout { get; init; }

    public required OnnxOptions Inference { get; init; }

    public bool IsTls => CertificateFile is not null;

    public static CloudOptions Read(OptionsReader options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var read = ReadKeys(options);
        if ((read.CertificateFile is null) != (read.KeyFile is null)) options.Refuse("CertificateFile", "certificate and key belong together; name both, CertificateFile and KeyFile, or neither.");
        if (read.ClientCaFile is not null && !read.IsTls) options.Refuse("ClientCaFile", "asks clients for certificates, which needs TLS; name CertificateFile and KeyFile.");
        if (IPAddress.IsLoopback(read.Address) || read.IsTls || options.Flag("AllowPlainHttp", false, AllowPlainText)) return read;
        options.Refuse("Address", $"'{read.Address}' is reachable by others, and the connection is plain; name CertificateFile and KeyFile, or say AllowPlainHttp behind a proxy that speaks TLS.");
        return read;
    }

    private const string AllowPlainText = "Listen beyond loopback without TLS: for a proxy in front (an ingress, a service mesh) that has it. Everybody on the way reads pictures and key otherwise.";

    private static CloudOptions ReadKeys(OptionsReader options)
    {
        _ = options.Flag("AllowPlainHttp", false, AllowPlainText);
        return new CloudOptions
        {
            Models = options.FilePath("Models", "Folder of models: a package (model.json beside weights) in each of its folders, or NAME/VERSION/ with one in each version; `models` when absent.") ?? options.FullPath("models"),
            Address = IPAddress.Parse(options.Text("Address", "127.0.0.1", "Address to listen on; 0.0.0.0 or :: for all, which needs TLS or AllowPlainHttp.", static a => IPAddress.TryParse(a, out _) ? null : "is no IP address") ?? "127.0.0.1"),
            Port = options.Integer("Port", 8000, 0, 65535, "Port to listen on; 0 for any that is free, which the log names."),
            ApiKey = options.Secret("ApiKey", "ApiKeyFile", "What clients send as `Authorization: Bearer KEY` or `X-API-Key: KEY`; nobody is asked without it."),
            ApiKeyFile = options.FilePath("ApiKeyFile", "File that holds the key in its first line; read again for every request."),
            CertificateFile = options.FilePath("CertificateFile", "PEM with the server's certificate and its chain: TLS."),
            KeyFile = options.FilePath("KeyFile", "PEM with its private key."),
            ClientCaFile = options.FilePath("ClientCaFile", "PEM with the authorities whose clients may connect: mutual TLS."),
            MaxBatch = options.Integer("MaxBatch", 8, 1, 256, "Requests of different clients that run together, of models whose batch dimension is open. Raising it raises throughput on accelerators, hardly on processors, and delays the first of a batch."),
            MaxDelay = TimeSpan.FromMilliseconds(options.Number("MaxDelayMs", 2, 0, 1000, "How long the first of a batch waits for others. Raising it fills batches but delays every request by as much.")),
            Queue = options.Integer("Queue", 64, 1, 10_000, "Requests of a model that wait; more are told to come again (429). Raising it bridges bursts but lets clients wait longer."),
            Workers = options.Integer("Workers", 1, 1, 64, "Pictures of a model that are looked at side by side. Raising it fills many cores, each picture then takes longer."),
            MaxRequestBytes = options.Integer("MaxRequestMegabytes", 32, 1, 1024, "Largest request; larger ones are refused before they are read.") * 1_000_000L,
            Timeout = options.Milliseconds("TimeoutMs", 10_000, 10, 600_000, "How long a request may wait and run before it is answered with 503."),
            Inference = options.Section("Inference", OnnxOptions.Read),
        };
    }
}
