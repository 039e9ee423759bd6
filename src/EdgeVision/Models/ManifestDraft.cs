using System.Text.Json.Nodes;
using EdgeVision.Configuration;

namespace EdgeVision.Models;

/// <summary>A model.json that is being put together: first word wins, and of every word it is known who said it.</summary>
internal sealed class ManifestDraft
{
    private readonly Dictionary<string, string> _origins = [];

    /// <param name="given">By a person, and by the file's own manifest below it; copied.</param>
    public ManifestDraft(params ReadOnlySpan<(JsonObject Json, string Origin)> given)
    {
        foreach (var (json, origin) in given) Overlay(json, "", origin);
    }

    public JsonObject Json { get; } = [];

    /// <summary>By path, as "input:width".</summary>
    public IReadOnlyDictionary<string, string> Origins => _origins;

    /// <summary>The section's object, made when it is missing.</summary>
    public JsonObject? Section(string key)
    {
        var name = ConfigurationTree.FindKey(Json, key) ?? key;
        if (!Json.ContainsKey(name)) Json[name] = new JsonObject();
        return Json[name] as JsonObject;
    }

    /// <summary>Null when nobody has said it, or it is no section.</summary>
    public JsonNode? Find(string path)
    {
        var at = (JsonNode)Json;
        foreach (var key in path.Split(':'))
        {
            if (at is not JsonObject section || ConfigurationTree.FindKey(section, key) is not { } name || section[name] is not { } next) return null;
            at = next;
        }

        return at;
    }

    /// <summary>A text that somebody said; null for anything else.</summary>
    public string? Text(string path) => Find(path) is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    /// <summary>A whole number above 0 that somebody said; null for anything else.</summary>
    public int? Size(string path) => Find(path) is JsonValue value && value.TryGetValue(out int size) && size > 0 ? size : null;

    /// <summary>Unless somebody has already said it.</summary>
    public void Add(string path, JsonNode? value, string origin)
    {
        if (value is null || Find(path) is not null) return;
        var (section, key) = path.Split(':') is [var outer, var inner] ? (Section(outer), inner) : (Json, path);
        if (section is null) return;
        section[ConfigurationTree.FindKey(section, key) ?? key] = value;
        _origins[path] = origin;
    }

    /// <summary>Whatever was said before.</summary>
    public void Set(string key, JsonNode value, string origin)
    {
        Json[ConfigurationTree.FindKey(Json, key) ?? key] = value;
        _origins[key] = origin;
    }

    private void Overlay(JsonObject json, string prefix, string origin)
    {
        foreach (var (key, value) in json)
        {
            if (prefix.Length == 0 && value is JsonObject section && key.ToLowerInvariant() is "input" or "decoder") Overlay(section, key + ":", origin);
            else Add(prefix + key, value?.DeepClone(), origin);
        }
    }
}
