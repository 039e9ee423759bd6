using System.Text;
using System.Text.Json.Nodes;
using EdgeVision.Azure.Hub;
using EdgeVision.Azure.Identity;
using EdgeVision.Configuration;

namespace EdgeVision.Module.Live;

/// <summary>
/// The last configuration that was accepted from the hub, kept for a start without a link. It names whose it is: a data folder that is carried to another
/// device does not bring that one's cameras along.
/// </summary>
internal sealed class TwinFile(string folder, HubIdentity identity)
{
    /// <summary>IoT Hub keeps 32 KB of desired properties.</summary>
    private const int MaxBytes = 256 << 10;

    public string Path { get; } = System.IO.Path.Combine(folder, "twin.json");

    /// <summary>Null when there is none, or none of this module; then <paramref name="error"/> says what is wrong, if anything is.</summary>
    public DesiredProperties? Read(out string? error)
    {
        error = null;
        try
        {
            if (!File.Exists(Path)) return null;
            if (RegularFile.Otherwise(Path) is { } other)
            {
                error = $"'{Path}' is {other}, a file was expected; remove it.";
                return null;
            }

            using var file = File.OpenRead(Path);
            if (file.Length > MaxBytes)
            {
                error = $"'{Path}' has {file.Length} bytes, at most {MaxBytes} were expected; the hub's next answer replaces it.";
                return null;
            }

            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return JsonText.Parse(bytes, $"'{Path}'", MaxBytes, "the last configuration from the hub", out error) is { } kept ? Of(kept, out error) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error = $"'{Path}' cannot be read ({e.Message.TrimEnd('.')}); let this user read it.";
            return null;
        }
    }

    /// <summary>Whole or not at all: a power cut leaves the old one. Null when it is on disk, otherwise why not.</summary>
    public string? Write(DesiredProperties accepted)
    {
        var json = new JsonObject { ["module"] = identity.ClientId, ["hub"] = identity.HubHost, ["version"] = accepted.Version, ["desired"] = accepted.Properties.DeepClone() };
        var draft = Path + ".new";
        try
        {
            using (var file = new FileStream(draft, FileMode.Create, FileAccess.Write))
            {
                file.Write(Encoding.UTF8.GetBytes(json.ToJsonString()));
                file.Flush(flushToDisk: true);
            }

            File.Move(draft, Path, overwrite: true);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"'{Path}' cannot be written ({e.Message.TrimEnd('.')}); after a restart without a link to the hub the configuration before is in force.";
        }
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
            ? $"'{Path}' is not what EdgeVision writes; the hub's next answer replaces it."
            : $"'{Path}' is the configuration of another module ('{Text(kept, "module")}'); it is left alone until the hub sends this one's.";
        return null;
    }

    private static string? Text(JsonObject json, string key) => json[key] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
