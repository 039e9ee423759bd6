using System.Text.Json.Nodes;
using EdgeVision.Azure.Hub;
using EdgeVision.Azure.Identity;

namespace EdgeVision.Module.Live;

/// <summary>
/// The last configuration that was accepted from the hub, kept for a start without a link. It names whose it is: a data folder that is carried to another
/// device does not bring that one's cameras along.
/// </summary>
internal sealed class TwinFile(string folder, HubIdentity identity)
{
    /// <summary>IoT Hub keeps 32 KB of desired properties.</summary>
    private const int MaxBytes = 256 << 10;

    private readonly StateFile _file = new(Path.Combine(folder, Name), MaxBytes, "the last configuration from the hub");

    private const string Name = "twin.json";

    /// <summary>Null when there is none, or none of this module; then <paramref name="error"/> says what is wrong, if anything is. The hub's next answer replaces it in any case.</summary>
    public DesiredProperties? Read(out string? error) => _file.Read(out error) is { } kept ? Of(kept, out error) : null;

    /// <summary>Null when it is on disk, otherwise why not.</summary>
    public string? Write(DesiredProperties accepted)
    {
        var json = new JsonObject { ["module"] = identity.ClientId, ["hub"] = identity.HubHost, ["version"] = accepted.Version, ["desired"] = accepted.Properties.DeepClone() };
        return _file.Write(json) is { } error ? $"{error}; after a restart without a link to the hub the configuration before is in force." : null;
    }

    private DesiredProperties? Of(JsonObject kept, out string? error)
    {
        error = null;
        var isOurs = Text(kept, "module") == identity.ClientId && Text(kept, "hub") == identity.HubHost;
        if (isOurs && kept["version"] is JsonValue number && number.TryGetValue<long>(out var version) && kept["desired"] is JsonObject desired)
        {
            kept.Remove("desired");
            return new DesiredProperties(desired, version);
        }

        error = isOurs
            ? $"'{Name}' in the data folder is not what EdgeVision writes; the hub's next answer replaces it."
            : $"'{Name}' in the data folder is the configuration of another module ('{Text(kept, "module")}'); it is left alone until the hub sends this one's.";
        return null;
    }

    private static string? Text(JsonObject json, string key) => json[key] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
