namespace EdgeVision.Module.Commands;

/// <summary>What <c>demo</c> or <c>run</c> was asked to do, as typed: not yet checked against anything.</summary>
internal sealed record NodeRequest
{
    public bool Demo { get; init; }

    /// <summary>Configuration file.</summary>
    public string? Config { get; init; }

    /// <summary><c>[NAME=]URI</c>, one per camera; they come on top of the configured ones.</summary>
    public IReadOnlyList<string> Cameras { get; init; } = [];

    public string? Model { get; init; }

    /// <summary>What a bare .onnx does not say of itself.</summary>
    public string? ModelManifest { get; init; }

    public string? DataDirectory { get; init; }

    /// <summary>HOST[:PORT] or a mqtt:// or mqtts:// URI of an external broker.</summary>
    public string? Mqtt { get; init; }

    public string? MqttUser { get; init; }

    public string? MqttPasswordFile { get; init; }

    public string? MqttCa { get; init; }

    public string? MqttCertificate { get; init; }

    public string? MqttKey { get; init; }

    /// <summary>Port of the embedded broker.</summary>
    public int? BrokerPort { get; init; }

    /// <summary>Stop after so many frames went through the detector.</summary>
    public long? Frames { get; init; }

    public string? Report { get; init; }
}
