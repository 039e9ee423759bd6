namespace EdgeVision.Simulator;

/// <summary>What to simulate, and where.</summary>
public sealed record SimulatorOptions
{
    /// <summary>Where <c>env</c>, <c>ca.pem</c>, <c>workload.sock</c> and <c>state.json</c> (the keys; readable by the user only) are; made when it is not there.</summary>
    public required string Directory { get; init; }

    /// <summary>MQTT over TLS, on every address of loopback; 0 takes a free one. The SDKs know 8883 only.</summary>
    public int Port { get; init; } = 8883;

    /// <summary>The control API; the host must be a loopback one, port 0 takes a free one.</summary>
    public Uri Control { get; init; } = new("http://127.0.0.1:5080");

    public string Device { get; init; } = "dev1";

    /// <summary>The first one owns the workload socket and the environment file; others may connect with the key that the control API tells.</summary>
    public IReadOnlyList<string> Modules { get; init; } = ["edgevision"];

    /// <summary>The IoT Hub it pretends to be connected to: what tokens are for. Nobody opens a connection to it.</summary>
    public string HubHostName { get; init; } = "edgevision-simulator.azure-devices.net";

    /// <summary>What modules call the gateway, and what its certificate is for, beside 127.0.0.1, ::1 and the name of this machine.</summary>
    public string GatewayHostName { get; init; } = "localhost";

    public Fault Faults { get; init; }

    public IReadOnlyList<Route> Routes { get; init; } = [];
}
