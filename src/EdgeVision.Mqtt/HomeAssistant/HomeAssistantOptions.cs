using EdgeVision.Configuration;

namespace EdgeVision.Mqtt.HomeAssistant;

/// <summary>Whether and how this node shows itself in Home Assistant. Ranges, defaults and trade-offs: <see cref="Read"/>.</summary>
public sealed record HomeAssistantOptions
{
    /// <summary>The section's name.</summary>
    public const string Key = "HomeAssistant";

    /// <summary>Home Assistant's own default.</summary>
    public const string DefaultDiscoveryPrefix = "homeassistant";

    /// <summary>Characters.</summary>
    private const int MaxLabelLength = 128;

    public required bool Enabled { get; init; }

    /// <summary>First levels of the topics that Home Assistant listens to.</summary>
    public required string DiscoveryPrefix { get; init; }

    /// <summary>Labels that make a camera's view occupied; empty: <c>person</c> where the camera can see one, otherwise anything it counts.</summary>
    public required IReadOnlyList<string> Occupancy { get; init; }

    /// <summary>Labels with a sensor of their count; empty: the camera's <c>Classes</c>, and of a camera without them those of its occupancy.</summary>
    public required IReadOnlyList<string> Counts { get; init; }

    /// <summary>Whether a camera has an image of its snapshots.</summary>
    public required bool Snapshot { get; init; }

    public static HomeAssistantOptions Read(OptionsReader options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new HomeAssistantOptions
        {
            Enabled = options.Flag("Enabled", false, "Makes this node a device in Home Assistant, with entities for each camera, by retained messages below DiscoveryPrefix."),
            DiscoveryPrefix = options.Text("DiscoveryPrefix", DefaultDiscoveryPrefix, "First levels of the topics that Home Assistant listens to; as its MQTT integration is configured.", CheckPrefix)!,
            Occupancy = options.Texts("Occupancy",
                "Labels that make the view of a camera occupied. Without any: `person` where the camera's model and `Classes` have it, otherwise whatever it counts.", CheckLabel),
            Counts = options.Texts("Counts",
                "Labels with a sensor of how many are seen. Without any: the camera's `Classes`, and of a camera without them the labels of its occupancy. Each one more is one more entity for every camera.", CheckLabel),
            Snapshot = options.Flag("Snapshot", false, "Gives each camera an image of its newest snapshot. It stands at the broker, for whoever may read there."),
        };
    }

    /// <summary>Null when the prefix is fine, otherwise the rest of a sentence that begins with it.</summary>
    private static string? CheckPrefix(string prefix) =>
        prefix.Contains('{', StringComparison.Ordinal) ? "holds '{'; write the prefix that Home Assistant listens to, as it is" : EventTopics.CheckPrefix(prefix);

    private static string? CheckLabel(string label)
    {
        if (label.Length is 0 or > MaxLabelLength) return $"has {label.Length} characters; use 1 to {MaxLabelLength}";
        return label.Any(char.IsControl) ? "holds control characters; write the label as the model names it" : null;
    }
}
