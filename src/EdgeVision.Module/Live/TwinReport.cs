using System.Text;
using System.Text.Json.Nodes;
using EdgeVision.Azure.Hub;
using EdgeVision.Configuration;

namespace EdgeVision.Module.Live;

/// <summary>
/// The module's reported properties: what it is, which configuration is in force, how it is, and for each section of the desired properties an
/// acknowledgement as IoT Plug and Play asks (<c>value</c>, <c>ac</c>, <c>av</c>, <c>ad</c>). Small and steady, so that fleets can be queried by them.
/// </summary>
/// <remarks>"IoT Plug and Play conventions", Microsoft Learn.</remarks>
internal sealed class TwinReport
{
    /// <summary>IoT Hub's limit of a text in a twin is 4 KB, and all of the reported properties have 32.</summary>
    private const int MaxText = 1000, MaxErrors = 10, MaxEcho = 12 << 10;

    private const int Accepted = 200, Mistaken = 400, FailedDependency = 424;

    private readonly JsonObject _sections = [];
    private JsonObject _config = new() { ["state"] = "local" };

    /// <summary>The layer that is in force since the start.</summary>
    public void Begin(string configVersion, DesiredProperties? layer)
    {
        if (layer is null) _config = new JsonObject { ["state"] = "local", ["version"] = configVersion };
        else Acknowledge(layer, new ApplyResult([], HasChanged: false), configVersion, layer);
    }

    /// <param name="layer">What the hub wants.</param>
    /// <param name="result">What became of it.</param>
    /// <param name="configVersion">In force now.</param>
    /// <param name="inForce">The layer in force now; null for none.</param>
    public void Acknowledge(DesiredProperties layer, ApplyResult result, string configVersion, DesiredProperties? inForce)
    {
        _sections.Clear();
        var room = MaxEcho;
        foreach (var (name, wanted) in layer.Properties)
        {
            var mistakes = result.Mistakes.Where(m => IsOf(m, name)).ToList();
            var (code, text) = result.IsAccepted ? (Accepted, "in force")
                : mistakes.Count > 0 ? (Mistaken, string.Join(" ", mistakes))
                : (FailedDependency, "not in force, because another section has a mistake");
            var acknowledgement = new JsonObject();
            var value = result.IsAccepted ? wanted : inForce?.Properties[name];
            if (value?.ToJsonString() is { } echo && (room -= Encoding.UTF8.GetByteCount(echo)) >= 0) acknowledgement["value"] = value.DeepClone();
            acknowledgement["ac"] = code;
            acknowledgement["av"] = layer.Version;
            acknowledgement["ad"] = Shorten(text);
            _sections[name] = acknowledgement;
        }

        _config = new JsonObject { ["version"] = configVersion, ["desired"] = layer.Version, ["state"] = result.IsAccepted ? "accepted" : "rejected" };
        if (result.IsAccepted) return;
        var errors = new JsonArray([.. result.Mistakes.Take(MaxErrors).Select(m => (JsonNode)Shorten($"{m}"))]);
        if (result.Mistakes.Count > MaxErrors) errors.Add((JsonNode)$"{result.Mistakes.Count - MaxErrors} more; the log of the module has them.");
        _config["errors"] = errors;
    }

    /// <param name="version">Of the product.</param>
    /// <param name="status">How the node is.</param>
    public JsonObject Write(string version, JsonObject status)
    {
        var properties = (JsonObject)_sections.DeepClone();
        properties["version"] = version;
        properties["config"] = _config.DeepClone();
        properties["status"] = status;
        return properties;
    }

    private static bool IsOf(ConfigurationMistake mistake, string section)
    {
        var path = mistake.Path.Split(':', 3);
        return path.Length > 1 && path[0] == ConfigurationTree.RootKey && path[1].Split('[')[0].Equals(section, StringComparison.OrdinalIgnoreCase);
    }

    private static string Shorten(string text) => text.Length <= MaxText ? text : text[..(MaxText - 1)] + "…";
}
