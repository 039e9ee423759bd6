using EdgeVision.Azure.Identity;
using EdgeVision.Capture;
using EdgeVision.Events;
using EdgeVision.Module.Commands;

namespace EdgeVision.Module;

/// <summary>Whether this node has an IoT Hub: it has one when the IoT Edge runtime, or a connection string in the environment, says so.</summary>
internal static class HubDoor
{
    /// <summary>Module id of a node without a hub, or of a device without modules.</summary>
    private const string DefaultModule = "edgevision";

    /// <summary>Null without a hub.</summary>
    /// <exception cref="CommandException">The environment says half of it.</exception>
    public static HubLogin? Login(IEnumerable<KeyValuePair<string, string>> environment, TimeProvider time)
    {
        var variables = environment.GroupBy(v => v.Key, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Last().Value, StringComparer.Ordinal);
        var login = EdgeEnvironment.Read(variables, time, out var error);
        if (error is not null) throw new CommandException(error);
        if (login is not null && EntityName.Check(login.Identity.DeviceId) is { } wrong)
        {
            login.Dispose();
            throw new CommandException($"The device id '{login.Identity.DeviceId}' {wrong} (it is a level of MQTT topics); give the device another id.");
        }

        return login;
    }

    /// <summary>The hub's names where there is one, so that events say the same everywhere.</summary>
    public static NodeIdentity Node(HubLogin? login, Settings settings) => login is null
        ? new NodeIdentity(settings.Options.Node, DefaultModule, settings.Version, KernelClock.IsSynchronised)
        : new NodeIdentity(login.Identity.DeviceId, login.Identity.ModuleId ?? DefaultModule, settings.Version, KernelClock.IsSynchronised);
}
