using EdgeVision.Configuration;
using EdgeVision.Delivery;
using EdgeVision.Events.Presets;

namespace EdgeVision.Azure.Hub;

/// <summary>How the link to IoT Hub or edgeHub behaves.</summary>
public sealed record HubOptions
{
    /// <summary>The section's name.</summary>
    public const string Key = "IotHub";

    /// <summary>TCP port, TLS always.</summary>
    public int Port { get; init; } = 8883;

    /// <summary>Life of a SAS token. A shorter one is renewed oftener, which costs a reconnect each time.</summary>
    public TimeSpan TokenLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>For CONNECT, SUBSCRIBE, PUBACK and answers of the twin: then the link is rebuilt. An edgeHub may take tens of seconds while it starts.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Silence after which a PING asks whether the hub is there. The hubs honour up to 400 s; a shorter one finds a dead link sooner and costs traffic.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Messages on their way at once, 1 … 16: an edgeHub takes no more.</summary>
    public int InFlight { get; init; } = 16;

    /// <summary>A message with more than one event is no larger, in bytes; <see cref="TelemetryMessage.MeteringBlock"/> by default.</summary>
    public int MessageBytes { get; init; } = TelemetryMessage.MeteringBlock;

    /// <summary>How long an event waits for others of its camera to share a message with.</summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>What each event of a message looks like; a message stays a JSON array of them.</summary>
    public EventPreset Preset { get; init; }

    /// <summary>How the sink catches up after an outage.</summary>
    public DeliveryOptions Delivery { get; init; } = DeliveryOptions.Default;

    /// <summary>Shown by the hub beside the device.</summary>
    public string ProductInfo { get; init; } = "EdgeVision";

    /// <summary>The Plug and Play model of this module: schemas/dtdl/EdgeVision.json.</summary>
    public const string DefaultModelId = "dtmi:io:edgevision:EdgeVision;1";

    /// <summary>DTMI that is announced when connecting; null for none.</summary>
    public string? ModelId { get; init; } = DefaultModelId;

    /// <summary>PEM file with the authorities to trust; null for the trust bundle (edgeHub) or the machine's store (IoT Hub).</summary>
    public string? CaFile { get; init; }

    /// <summary>PEM file with this device's certificate, for a connection string with <c>x509=true</c>.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>PEM file with its key.</summary>
    public string? CertificateKeyFile { get; init; }

    /// <summary>Keys of the section. Who this node is comes from the environment only.</summary>
    public static HubOptions Read(OptionsReader options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var read = ReadKeys(options);
        if (read.CertificateFile is null != read.CertificateKeyFile is null) options.Refuse(read.CertificateFile is null ? "CertificateFile" : "CertificateKeyFile", "is missing; a certificate and its key belong together.");
        return read;
    }

    private static HubOptions ReadKeys(OptionsReader options) => new()
    {
        Port = options.Integer("Port", 8883, 1, 65535, "TCP port of the hub or edgeHub; both know 8883 only, a simulator may have another."),
        CaFile = options.FilePath("CaFile", "PEM file with the authority of the gateway, for development with a connection string; a module of the IoT Edge runtime is told by it."),
        CertificateFile = options.FilePath("CertificateFile", "PEM file with the certificate of this device or module, for a connection string with `x509=true`. Read again at every connect.", PemFile.CheckReadable),
        CertificateKeyFile = options.FilePath("CertificateKeyFile", "PEM file with its key, not encrypted; readable by this user only.", PemFile.CheckReadable),
        TokenLifetime = TimeSpan.FromMinutes(options.Integer("TokenMinutes", 60, 1, 1440, "Life of a token; it is renewed when a fifth is left. Raising it saves reconnects, but a stolen token works longer.")),
        KeepAlive = options.Milliseconds("KeepAliveMs", 60_000, 5_000, 400_000, "How soon a silent connection is tried. Raising it saves traffic but finds a dead hub later."),
        Timeout = options.Milliseconds("TimeoutMs", 30_000, 1_000, 120_000, "How long a connect or an acknowledgement may take before the link is opened again. An edgeHub that is starting takes its time."),
        MessageBytes = options.Integer("MessageBytes", TelemetryMessage.MeteringBlock, 512, TelemetryMessage.MaxBytes,
            "Events of one camera share a message up to so many bytes; IoT Hub meters in blocks of 4096. Raising it makes fewer, larger messages that cost as many blocks; lowering it helps consumers that cannot read arrays."),
        Linger = options.Milliseconds("LingerMs", 1000, 0, 60_000,
            "How long an event waits for others to share its message; a full message goes at once, and so do events of the families `rule` and `system`, with what is before them of their camera. Raising it saves messages of cameras with few events, and delays them."),
        Preset = PresetWords.Read(options),
        InFlight = options.Integer("InFlight", 16, 1, 16, "Messages on their way to the hub at once; an edgeHub takes no more than 16."),
        Delivery = options.Section(DeliveryOptions.Key, DeliveryOptions.Read),
    };
}
