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
    /// <summary>IoT Hub's limit of a text in a twin is 4 KB, and all of the reported properties have 32: what goes beyond is refused as a whole.</summary>
    private const int MaxText = 1000, MaxErrors = 10, MaxErrorBytes = 7 << 10, MaxAcknowledgementBytes = 8 << 10, MaxEcho = 10 << 10;

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
        var (room, echoRoom) = (MaxAcknowledgementBytes, MaxEcho);
        foreach (var (name, wanted) in layer.Properties)
        {
            var mistakes = result.Mistakes.Where(m => IsOf(m, name)).ToList();
            var (code, text) = result.IsAccepted ? (Accepted, "in force")
                : mistakes.Count > 0 ? (Mistaken, string.Join(" ", mistakes))
                : (FailedDependency, "not in force, because another section has a mistake");
            var acknowledgement = new JsonObject { ["ac"] = code, ["av"] = layer.Version, ["ad"] = Shorten(text) };
            // Those that we know have room; of others there may be thousands, and the errors tell of them.
            if ((room -= Encoding.UTF8.GetByteCount(name) + BytesOf(acknowledgement)) < 0) break;
            var value = result.IsAccepted ? wanted : inForce?.Properties[name];
            if (value is not null && (echoRoom -= BytesOf(value)) >= 0) acknowledgement["value"] = value.DeepClone();
            _sections[name] = acknowledgement;
        }

        _config = new JsonObject { ["version"] = configVersion, ["desired"] = layer.Version, ["state"] = result.IsAccepted ? "accepted" : "rejected" };
        if (result.IsAccepted) return;
        _config["errors"] = ErrorsOf(result.Mistakes);
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

    private static JsonArray ErrorsOf(IReadOnlyList<ConfigurationMistake> mistakes)
    {
        var (errors, room) = (new JsonArray(), MaxErrorBytes);
        foreach (var mistake in mistakes.Take(MaxErrors))
        {
            JsonNode error = Shorten($"{mistake}");
            if ((room -= BytesOf(error)) < 0) break;
            errors.Add(error);
        }

        if (mistakes.Count > errors.Count) errors.Add((JsonNode)$"{mistakes.Count - errors.Count} more; the log of the module has them.");
        return errors;
    }

    /// <summary>As it is sent.</summary>
    private static int BytesOf(JsonNode node) => Encoding.UTF8.GetByteCount(node.ToJsonString());

    private static bool IsOf(ConfigurationMistake mistake, string section)
    {
        var path = mistake.Path.Split(':', 3);
        return path.Length > 1 && path[0] == ConfigurationTree.RootKey && path[1].Split('[')[0].Equals(section, StringComparison.OrdinalIgnoreCase);
    }

    private static string Shorten(string text) => text.Length <= MaxText ? text : text[..(MaxText - 1)] + "…";
}
