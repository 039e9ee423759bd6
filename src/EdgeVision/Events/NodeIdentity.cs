namespace EdgeVision.Events;

/// <summary>Who speaks: the provenance that every event of this node carries. Any thread.</summary>
/// <param name="deviceId">Device id at the hub, the host name without one. A valid topic level, see <see cref="EntityName"/>.</param>
/// <param name="moduleId">Module id at the hub, <c>edgevision</c> without one.</param>
/// <param name="configVersion">Names the configuration in force.</param>
/// <param name="clockSynchronised">The kernel's word on its clock, asked for every event.</param>
public sealed class NodeIdentity(string deviceId, string moduleId, string configVersion, Func<bool> clockSynchronised)
{
    private volatile string _configVersion = configVersion;

    public string DeviceId => deviceId;

    public string ModuleId => moduleId;

    public Func<bool> ClockSynchronised => clockSynchronised;

    /// <summary>Exchanged with the configuration, while the node runs: events that are written from then on carry the new one.</summary>
    public string ConfigVersion
    {
        get => _configVersion;
        set => _configVersion = value;
    }

    /// <summary>CloudEvents <c>source</c>.</summary>
    public string Source { get; } = $"/devices/{deviceId}/modules/{moduleId}";
}
