namespace EdgeVision.Events;

/// <summary>Who speaks: the provenance that every event of this node carries.</summary>
/// <param name="DeviceId">Device id at the hub, the host name without one. A valid topic level, see <see cref="EntityName"/>.</param>
/// <param name="ModuleId">Module id at the hub, <c>edgevision</c> without one.</param>
/// <param name="ConfigVersion">Names the configuration in force.</param>
/// <param name="ClockSynchronised">The kernel's word on its clock, asked for every event.</param>
public sealed record NodeIdentity(string DeviceId, string ModuleId, string ConfigVersion, Func<bool> ClockSynchronised)
{
    /// <summary>CloudEvents <c>source</c>.</summary>
    public string Source { get; } = $"/devices/{DeviceId}/modules/{ModuleId}";
}
