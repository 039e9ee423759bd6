using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace EdgeVision.Configuration;

/// <summary>
/// The configuration before it is understood: one JSON object in which later layers (environment, command line, twin) overwrite earlier
/// ones, and the knowledge of which values came from the environment, because only there secrets are welcome.
/// </summary>
public sealed class ConfigurationTree
{
    /// <summary>The key below which all of ours lies; what stands beside it is not ours to judge.</summary>
    public const string RootKey = "EdgeVision";

    /// <summary>Larger files are not read: a configuration is text that people wrote.</summary>
    public const int MaxBytes = 4 << 20;

    private const string EnvironmentPrefix = "EDGEVISION__";
    private readonly HashSet<string> _fromEnvironment = new(StringComparer.OrdinalIgnoreCase);

    private ConfigurationTree(JsonObject root) => Root = root;

    /// <summary>The object below <see cref="RootKey"/>.</summary>
    public JsonObject Root { get; }

    /// <summary>Where relative paths in the configuration start: the folder of its file. Full path.</summary>
    public string BaseDirectory { get; init; } = Environment.CurrentDirectory;

    public static ConfigurationTree Empty() => new([]);

    /// <summary>Parses a whole file. Comments and trailing commas are fine; a key twice is not.</summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="name">Of the file, for the error.</param>
    /// <param name="baseDirectory">Becomes <see cref="BaseDirectory"/>.</param>
    /// <param name="error">One sentence with line and column.</param>
    public static ConfigurationTree? Parse(ReadOnlyMemory<byte> json, string name, string baseDirectory, out string? error)
    {
        if (JsonText.Parse(json, name, MaxBytes, $"an object with the key \"{RootKey}\"", out error) is not { } file) return null;
        if (FindKey(file, RootKey) is not { } key)
        {
            error = $"{name} has no key \"{RootKey}\"; put the settings below it: {{ \"{RootKey}\": {{ … }} }}.";
            return null;
        }

        if (file.Count(p => string.Equals(p.Key, RootKey, StringComparison.OrdinalIgnoreCase)) > 1)
        {
            error = $"{name} has the key \"{RootKey}\" twice, in different case; keys are matched without regard to case: keep one.";
            return null;
        }

        if (file[key] is not JsonObject root)
        {
            error = $"{name}: \"{RootKey}\" is not an object; expected {{ \"{RootKey}\": {{ … }} }}.";
            return null;
        }

        file.Remove(key);
        return new ConfigurationTree(root) { BaseDirectory = baseDirectory };
    }

    /// <summary>Overwrites with <c>EDGEVISION__KEY__SUBKEY=value</c>; other variables are not ours.</summary>
    public void OverlayEnvironment(IEnumerable<KeyValuePair<string, string>> variables)
    {
        foreach (var (name, value) in variables.OrderBy(v => v.Key, StringComparer.Ordinal))
        {
            if (!name.StartsWith(EnvironmentPrefix, StringComparison.OrdinalIgnoreCase)) continue;
            var keys = name[EnvironmentPrefix.Length..].Split("__", StringSplitOptions.RemoveEmptyEntries);
            if (keys.Length == 0) continue;
            Set(value, keys);
            _fromEnvironment.Add(string.Join(':', keys));
        }
    }

    /// <summary>Overwrites one value; parents appear as needed, a parent that is no object is replaced.</summary>
    public void Set(JsonNode? value, params ReadOnlySpan<string> keys)
    {
        var at = Root;
        foreach (var key in keys[..^1])
        {
            var name = FindKey(at, key) ?? key;
            if (at[name] is not JsonObject child) at[name] = child = [];
            at = child;
        }

        at[FindKey(at, keys[^1]) ?? keys[^1]] = value;
    }

    /// <summary>
    /// A copy on which <paramref name="layer"/> lies: sections merge, everything else replaces what was there, and is no longer the environment's, so that
    /// a secret in it is refused like one in a file.
    /// </summary>
    public ConfigurationTree With(JsonObject layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        var tree = new ConfigurationTree((JsonObject)Root.DeepClone()) { BaseDirectory = BaseDirectory };
        tree._fromEnvironment.UnionWith(_fromEnvironment);
        tree.Overlay(tree.Root, layer, "");
        return tree;
    }

    /// <summary>What stands below a key of the first level; null for nothing.</summary>
    public JsonNode? Section(string key) => FindKey(Root, key) is { } name ? Root[name] : null;

    private void Overlay(JsonObject target, JsonObject layer, string prefix)
    {
        foreach (var (key, value) in layer)
        {
            var (name, path) = (FindKey(target, key) ?? key, prefix + key);
            if (value is JsonObject section && target[name] is JsonObject below)
            {
                Overlay(below, section, path + ":");
                continue;
            }

            target[name] = value?.DeepClone();
            _fromEnvironment.RemoveWhere(p => p.Equals(path, StringComparison.OrdinalIgnoreCase) || p.StartsWith(path + ":", StringComparison.OrdinalIgnoreCase));
        }
    }

    /// <summary>True when the value at <paramref name="path"/> (without the root key) was set by the environment.</summary>
    public bool IsFromEnvironment(string path) => _fromEnvironment.Contains(path);

    /// <summary>
    /// Names the settings, the same on every node that has the same: 12 hex digits of a SHA-256. What came from the environment is left out,
    /// because passwords do and a hash of them helps to guess them.
    /// </summary>
    public string Fingerprint()
    {
        var shared = (JsonObject)Root.DeepClone();
        foreach (var path in _fromEnvironment) Remove(shared, path.Split(':'));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(shared.ToJsonString())))[..12];
    }

    private static void Remove(JsonObject node, ReadOnlySpan<string> keys)
    {
        if (FindKey(node, keys[0]) is not { } name) return;
        if (keys.Length == 1) node.Remove(name);
        else if (node[name] is JsonObject child) Remove(child, keys[1..]);
    }

    /// <summary>Keys are matched without regard to case, as environment variables need.</summary>
    internal static string? FindKey(JsonObject node, string key)
    {
        if (node.ContainsKey(key)) return key;
        foreach (var (name, _) in node)
        {
            if (string.Equals(name, key, StringComparison.OrdinalIgnoreCase)) return name;
        }

        return null;
    }
}
