using System.Buffers;
using System.Text;
using EdgeVision.Events;

namespace EdgeVision.Mqtt;

/// <summary>
/// Names of topics: <c>{prefix}/{camera}/events/{family}</c>, <c>{prefix}/events/{family}</c> for the node itself, <c>{prefix}/status</c>.
/// None ever holds a wildcard or an empty level (MQTT 5.0, section 4.7).
/// </summary>
public sealed class EventTopics
{
    /// <summary>Stands for the node's device id in a configured prefix.</summary>
    public const string DeviceIdPlaceholder = "{deviceId}";

    /// <summary>UTF-8 bytes, so that prefix, camera and family stay far below the 65,535 of a topic.</summary>
    public const int MaxPrefixBytes = 512;

    private static readonly SearchValues<char> Forbidden = SearchValues.Create("#+${}");

    private readonly string _prefix;

    /// <exception cref="ArgumentException">The prefix is refused by <see cref="CheckPrefix"/>: options are read before.</exception>
    public EventTopics(string prefix, string deviceId)
    {
        ArgumentNullException.ThrowIfNull(deviceId);
        if (CheckPrefix(prefix) is { } wrong) throw new ArgumentException($"'{prefix}' {wrong}.", nameof(prefix));
        if (EntityName.Check(deviceId) is { } wrongId) throw new ArgumentException($"'{deviceId}' {wrongId}.", nameof(deviceId));
        _prefix = prefix.Replace(DeviceIdPlaceholder, deviceId, StringComparison.Ordinal);
        Status = _prefix + "/status";
        All = _prefix + "/#";
    }

    /// <summary>Retained <c>online</c> or <c>offline</c>.</summary>
    public string Status { get; }

    /// <summary>The filter that a consumer subscribes to for everything.</summary>
    public string All { get; }

    /// <param name="camera">Null for events of the node itself.</param>
    /// <param name="family">Last level.</param>
    /// <exception cref="ArgumentException"><paramref name="camera"/> is refused by <see cref="EntityName.Check"/>.</exception>
    public string Of(string? camera, EventFamily family)
    {
        var word = VisionEventJson.WordOf(family);
        if (camera is null) return $"{_prefix}/events/{word}";
        if (EntityName.Check(camera) is { } wrong) throw new ArgumentException($"'{camera}' {wrong}.", nameof(camera));
        return $"{_prefix}/{camera}/events/{word}";
    }

    /// <summary>Null when the prefix is fine, otherwise the rest of a sentence that begins with it.</summary>
    public static string? CheckPrefix(string prefix)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        var plain = prefix.Replace(DeviceIdPlaceholder, "x", StringComparison.Ordinal);
        if (plain.Length == 0) return "is empty; use at least one level";
        if (Encoding.UTF8.GetByteCount(prefix) > MaxPrefixBytes) return $"is longer than {MaxPrefixBytes} bytes; shorten it";
        if (plain.AsSpan().IndexOfAny(Forbidden) is var i and >= 0) return $"holds '{plain[i]}', which has a meaning in MQTT topics; only {DeviceIdPlaceholder} is replaced";
        foreach (var rune in plain.EnumerateRunes())
        {
            if (Rune.IsControl(rune) || Rune.IsWhiteSpace(rune) || rune == Rune.ReplacementChar) return "holds blanks or control characters; use letters, digits, - _ . and /";
        }

        return plain[0] == '/' || plain[^1] == '/' || plain.Contains("//", StringComparison.Ordinal) ? "has an empty level; remove the extra '/'" : null;
    }
}
