namespace EdgeVision.Azure.Hub;

/// <summary>How the link to IoT Hub or edgeHub behaves.</summary>
public sealed record HubOptions
{
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

    /// <summary>Shown by the hub beside the device.</summary>
    public string ProductInfo { get; init; } = "EdgeVision";

    /// <summary>DTMI of the Plug and Play model; null for none.</summary>
    public string? ModelId { get; init; }

    /// <summary>PEM file with the authorities to trust; null for the trust bundle (edgeHub) or the machine's store (IoT Hub).</summary>
    public string? CaFile { get; init; }
}
