namespace EdgeVision.Simulator;

/// <summary>A module of a device, as IoT Hub names it.</summary>
public readonly record struct ModuleIdentity(string Device, string Module)
{
    /// <summary>What the module must take as its MQTT client id.</summary>
    public string ClientId => $"{Device}/{Module}";

    /// <summary>What a token must be for, before encoding: <c>hub/devices/d/modules/m</c>. The host is IoT Hub's, never the gateway's.</summary>
    public string Audience(string hub) => $"{hub}/devices/{Device}/modules/{Module}";

    public override string ToString() => ClientId;
}
