using EdgeVision.Configuration;
using EdgeVision.Events;
using EdgeVision.Events.Presets;

namespace EdgeVision.Mqtt;

/// <summary>The same events once more on the same broker: in another shape, below another prefix.</summary>
/// <param name="Preset">What they look like.</param>
/// <param name="TopicPrefix">First levels of the topics; nobody else's.</param>
/// <param name="ContentMode">Where attributes stand.</param>
public sealed record MqttAlsoOptions(EventPreset Preset, string TopicPrefix, MqttContentMode ContentMode)
{
    /// <summary>It becomes part of a client id and of metrics.</summary>
    public const int MaxNameLength = 32;

    /// <summary>Each is a connection.</summary>
    public const int MaxCount = 8;

    public static MqttAlsoOptions Read(OptionsReader options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new MqttAlsoOptions(
            PresetWords.Read(options),
            options.RequiredText("TopicPrefix", "First levels of its topics; {deviceId} stands for the id of this node. No part of another's, whose subscribers would get these, too.", EventTopics.CheckPrefix),
            ReadContentMode(options));
    }

    /// <summary>The key <c>ContentMode</c>.</summary>
    public static MqttContentMode ReadContentMode(OptionsReader options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.OneOf("ContentMode", MqttContentMode.Structured,
            "`structured`: the whole CloudEvent is the payload. `binary`: its attributes are user properties and the payload is the data alone, or the preset's message; MQTT 5.0 only, a broker of 3.1.1 gets `structured`.",
            ("structured", MqttContentMode.Structured), ("binary", MqttContentMode.Binary));
    }

    /// <summary>Null when the name is fine, otherwise the rest of a sentence that begins with it.</summary>
    public static string? CheckName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Length > MaxNameLength ? $"has {name.Length} characters; use 1 to {MaxNameLength}" : EntityName.Check(name);
    }
}
