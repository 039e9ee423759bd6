using System.Buffers;
using System.Text;
using EdgeVision.Events;

namespace EdgeVision.Mqtt;

/// <summary>
/// Names of topics: <c>{prefix}/{camera}/events/{family}</c>, <c>{prefix}/events/{family}</c> for the node itself, <c>{prefix}/status</c>,
/// <c>{prefix}/{camera}/state</c>, <c>{prefix}/cmd/{command}</c> in and <c>{prefix}/cmd/{command}/result</c> out.
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
        States = _prefix + "/+/state";
        Commands = _prefix + "/cmd/+";
    }

    /// <summary>Retained <c>online</c> or <c>offline</c>.</summary>
    public string Status { get; }

    /// <summary>The filter that a consumer subscribes to for everything.</summary>
    public string All { get; }

    /// <summary>Filter of the states of all cameras.</summary>
    public string States { get; }

    /// <summary>Filter of all commands.</summary>
    public string Commands { get; }

    /// <summary>Retained: what a camera does now.</summary>
    /// <exception cref="ArgumentException"><paramref name="camera"/> is refused by <see cref="EntityName.Check"/>.</exception>
    public string StateOf(string camera) => OfCamera(camera, "state");

    /// <summary>A picture of a camera.</summary>
    /// <exception cref="ArgumentException"><paramref name="camera"/> is refused by <see cref="EntityName.Check"/>.</exception>
    public string SnapshotOf(string camera) => OfCamera(camera, "snapshot");

    /// <summary>The command that came on <paramref name="topic"/>; null when that is none of ours.</summary>
    public string? CommandOf(string topic)
    {
        ArgumentNullException.ThrowIfNull(topic);
        var name = topic.AsSpan();
        if (!name.StartsWith(_prefix, StringComparison.Ordinal)) return null;
        name = name[_prefix.Length..];
        if (!name.StartsWith("/cmd/", StringComparison.Ordinal)) return null;
        name = name["/cmd/".Length..];
        return name.IsEmpty || name.Contains('/') ? null : name.ToString();
    }

    /// <summary>Where <paramref name="command"/> is taken.</summary>
    public string CommandTopic(string command) => $"{_prefix}/cmd/{command}";

    /// <summary>Where the answer goes, unless the caller names another topic.</summary>
    /// <param name="command">As <see cref="CommandOf"/> gave it.</param>
    public string ResultOf(string command) => $"{_prefix}/cmd/{command}/result";

    /// <summary>Null when an answer may go to <paramref name="topic"/>, which a caller named; otherwise the rest of a sentence that begins with it.</summary>
    /// <remarks>Below our own prefix only results: an answer must not look like an event, a state or the next command.</remarks>
    public string? CheckResponse(string topic)
    {
        ArgumentNullException.ThrowIfNull(topic);
        if (topic.Length == 0 || Encoding.UTF8.GetByteCount(topic) > MaxPrefixBytes) return $"is empty or longer than {MaxPrefixBytes} bytes";
        if (topic[0] == '$' || topic.AsSpan().ContainsAny('+', '#')) return "begins with $ or holds a wildcard";
        foreach (var rune in topic.EnumerateRunes())
        {
            if (Rune.IsControl(rune) || rune == Rune.ReplacementChar) return "holds control characters";
        }

        var isOurs = topic.StartsWith(_prefix, StringComparison.Ordinal) && (topic.Length == _prefix.Length || topic[_prefix.Length] == '/');
        var isResult = isOurs && topic.StartsWith(_prefix + "/cmd/", StringComparison.Ordinal) && topic.EndsWith("/result", StringComparison.Ordinal);
        return isOurs && !isResult ? "lies among this node's own topics" : null;
    }

    /// <param name="camera">Null for events of the node itself.</param>
    /// <param name="family">Last level.</param>
    /// <exception cref="ArgumentException"><paramref name="camera"/> is refused by <see cref="EntityName.Check"/>.</exception>
    public string Of(string? camera, EventFamily family)
    {
        var word = VisionEventJson.WordOf(family);
        return camera is null ? $"{_prefix}/events/{word}" : OfCamera(camera, $"events/{word}");
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

    private string OfCamera(string camera, string rest) =>
        EntityName.Check(camera) is { } wrong ? throw new ArgumentException($"'{camera}' {wrong}.", nameof(camera)) : $"{_prefix}/{camera}/{rest}";
}
