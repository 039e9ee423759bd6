using System.Buffers;

namespace EdgeVision.Events;

/// <summary>
/// Names of nodes and cameras become MQTT topic levels, so they hold nothing that a topic gives a meaning to.
/// </summary>
public static class EntityName
{
    /// <summary>Characters; long enough for any host name (253 bytes are the limit of DNS, 63 of one label).</summary>
    public const int MaxLength = 128;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:");

    /// <summary>Second levels of the topic tree that are not cameras.</summary>
    private static readonly string[] Reserved = ["events", "status", "cmd"];

    /// <summary>Null when the name is fine, otherwise the rest of a sentence that begins with the name.</summary>
    public static string? Check(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length is 0 or > MaxLength) return $"has {name.Length} characters; use 1 to {MaxLength}";
        if (name.AsSpan().IndexOfAnyExcept(Allowed) is var i and >= 0)
            return $"holds '{name[i]}'; it becomes part of MQTT topics, use letters, digits and - _ . :";
        return Reserved.Contains(name, StringComparer.OrdinalIgnoreCase) ? "is reserved for topics of the node; choose another" : null;
    }

    /// <summary>A valid name close to <paramref name="name"/>: what is not allowed becomes '-'.</summary>
    public static string Sanitise(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var clean = string.Create(Math.Min(name.Length, MaxLength), name, static (chars, source) =>
        {
            for (var i = 0; i < chars.Length; i++) chars[i] = Allowed.Contains(source[i]) ? source[i] : '-';
        });
        return Check(clean) is null ? clean : "node-" + clean;
    }
}
