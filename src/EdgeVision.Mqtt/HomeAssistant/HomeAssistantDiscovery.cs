using EdgeVision.Events;
using EdgeVision.Inference;
using EdgeVision.Models;

namespace EdgeVision.Mqtt.HomeAssistant;

/// <summary>
/// What Home Assistant is told, by retained messages on <c>{discoveryPrefix}/{component}/{node}/{entity}/config</c>: this node is a device, and what can be seen
/// and switched of each camera. Pure: the same configuration makes the same bytes, so that a message changes only when something has.
/// </summary>
/// <remarks>Shapes: https://www.home-assistant.io/integrations/mqtt/#mqtt-discovery; single-component discovery, which Home Assistant has known longest.</remarks>
public sealed class HomeAssistantDiscovery
{
    private const string DefaultOccupancy = "person";

    private readonly HomeAssistantOptions _options;
    private readonly EventTopics _topics;
    private readonly DiscoveredDevice _device;
    private readonly bool _commands;

    /// <param name="options">Also when it is not enabled: <see cref="Filter"/> finds what was left behind.</param>
    /// <param name="topics">Where status, states and pictures are found.</param>
    /// <param name="node">Two modules of one device are two devices of Home Assistant.</param>
    /// <param name="version">Of this product.</param>
    /// <param name="commands">Whether this node takes commands by MQTT: without them nothing can be switched.</param>
    public HomeAssistantDiscovery(HomeAssistantOptions options, EventTopics topics, NodeIdentity node, string version, bool commands)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(topics);
        ArgumentNullException.ThrowIfNull(node);
        (_options, _topics, _commands) = (options, topics, commands);
        _device = new DiscoveredDevice(DiscoveryId.Of(node.DeviceId, node.ModuleId), node.DeviceId, version);
    }

    /// <summary>All topics of this node and none of another's: what is retained there and not among <see cref="Messages"/> is of a camera that is gone.</summary>
    public string Filter => $"{_options.DiscoveryPrefix}/+/{_device.Id}/+/config";

    /// <summary>Payloads by topic; none when it is not enabled.</summary>
    /// <param name="cameras">Those that are configured and enabled.</param>
    /// <param name="model">The one that looks; null while that is not known.</param>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Messages(IReadOnlyList<HomeAssistantCamera> cameras, ModelIdentity? model)
    {
        ArgumentNullException.ThrowIfNull(cameras);
        var messages = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        if (!_options.Enabled) return messages;
        var connectivity = new DiscoveredEntity("binary_sensor", DiscoveryId.Of("connectivity"), "connectivity",
            ("state_topic", _topics.Status), ("payload_on", "online"), ("payload_off", "offline"), ("device_class", "connectivity"), ("entity_category", "diagnostic"));
        messages.Add(TopicOf(connectivity), connectivity.Write(_device, availability: null));
        foreach (var entity in cameras.SelectMany(camera => EntitiesOf(camera, model?.Labels ?? []))) messages.Add(TopicOf(entity), entity.Write(_device, _topics.Status));
        return messages;
    }

    /// <summary>Topics that get an empty retained message, so that Home Assistant forgets their entities.</summary>
    /// <param name="before">What stands at the broker.</param>
    /// <param name="after">What shall stand there.</param>
    public static IReadOnlyList<string> Removed(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> before, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        return [.. before.Keys.Where(topic => !after.ContainsKey(topic)).Order(StringComparer.Ordinal)];
    }

    /// <summary>Labels that the options name and the model does not, each as a sentence without its subject: their entities stay at nothing for ever.</summary>
    public IEnumerable<string> UnknownLabels(ModelIdentity model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return DetectionFilter.UnknownClasses([.. _options.Occupancy.Concat(_options.Counts).Distinct(StringComparer.OrdinalIgnoreCase)], model.Name, model.Labels);
    }

    private string TopicOf(DiscoveredEntity entity) => $"{_options.DiscoveryPrefix}/{entity.Component}/{_device.Id}/{entity.ObjectId}/config";

    private IEnumerable<DiscoveredEntity> EntitiesOf(HomeAssistantCamera camera, IReadOnlyList<string> labels)
    {
        var (name, state) = (camera.Name, _topics.StateOf(camera.Name));
        var occupancy = OccupancyOf(camera, labels);
        yield return new DiscoveredEntity("binary_sensor", DiscoveryId.Of(name, "occupancy"), $"{name} occupancy",
            ("state_topic", state), ("value_template", StateTemplates.Occupied(occupancy)), ("device_class", "occupancy"));
        yield return new DiscoveredEntity("binary_sensor", DiscoveryId.Of(name, "connectivity"), $"{name} connectivity",
            ("state_topic", state), ("value_template", StateTemplates.Healthy), ("device_class", "connectivity"), ("entity_category", "diagnostic"),
            ("json_attributes_topic", state), ("json_attributes_template", StateTemplates.Condition));
        foreach (var label in CountsOf(camera, occupancy, labels))
        {
            yield return new DiscoveredEntity("sensor", DiscoveryId.Of(name, "count", label), $"{name} {label} count",
                ("state_topic", state), ("value_template", StateTemplates.Count(label)), ("state_class", "measurement"), ("icon", "mdi:counter"));
        }

        yield return new DiscoveredEntity("sensor", DiscoveryId.Of(name, "fps"), $"{name} fps",
            ("state_topic", state), ("value_template", StateTemplates.Figure("fps")), ("unit_of_measurement", "fps"), ("state_class", "measurement"),
            ("entity_category", "diagnostic"), ("icon", "mdi:speedometer"));
        yield return new DiscoveredEntity("sensor", DiscoveryId.Of(name, "latency"), $"{name} latency",
            ("state_topic", state), ("value_template", StateTemplates.Figure("latencyMs")), ("unit_of_measurement", "ms"), ("device_class", "duration"),
            ("state_class", "measurement"), ("entity_category", "diagnostic"));
        yield return new DiscoveredEntity("sensor", DiscoveryId.Of(name, "model"), $"{name} model",
            ("state_topic", state), ("value_template", StateTemplates.Model), ("entity_category", "diagnostic"), ("icon", "mdi:brain"));
        if (_options.Snapshot)
        {
            yield return new DiscoveredEntity("image", DiscoveryId.Of(name, "snapshot"), $"{name} snapshot",
                ("image_topic", _topics.SnapshotOf(name)), ("content_type", "image/jpeg"));
        }

        if (_commands) yield return PauseOf(name, state);
    }

    /// <summary>A switch of Home Assistant has one command topic, so both ways go by <c>pauseCamera</c>.</summary>
    private DiscoveredEntity PauseOf(string camera, string state) => new("switch", DiscoveryId.Of(camera, "pause"), $"{camera} pause",
        ("state_topic", state), ("value_template", StateTemplates.Paused), ("state_on", "ON"), ("state_off", "OFF"),
        ("command_topic", _topics.CommandTopic("pauseCamera")),
        ("payload_on", $$"""{"camera":"{{camera}}","paused":true}"""), ("payload_off", $$"""{"camera":"{{camera}}","paused":false}"""),
        ("entity_category", "config"), ("icon", "mdi:pause-circle"));

    /// <summary>Empty for anything.</summary>
    private IReadOnlyList<string> OccupancyOf(HomeAssistantCamera camera, IReadOnlyList<string> labels)
    {
        if (_options.Occupancy.Count > 0) return Spelled(_options.Occupancy, labels);
        var isAllowed = camera.Classes.Count == 0 || camera.Classes.Contains(DefaultOccupancy, StringComparer.OrdinalIgnoreCase);
        return isAllowed && (labels.Count == 0 || labels.Contains(DefaultOccupancy, StringComparer.OrdinalIgnoreCase)) ? Spelled([DefaultOccupancy], labels) : [];
    }

    private IReadOnlyList<string> CountsOf(HomeAssistantCamera camera, IReadOnlyList<string> occupancy, IReadOnlyList<string> labels)
    {
        if (_options.Counts.Count > 0) return Spelled(_options.Counts, labels);
        return camera.Classes.Count > 0 ? Spelled(camera.Classes, labels) : occupancy;
    }

    /// <summary>As the model writes them, which is how they stand in a camera's state; case matters there and not in the configuration.</summary>
    private static IReadOnlyList<string> Spelled(IReadOnlyList<string> configured, IReadOnlyList<string> labels) =>
        [.. configured.Distinct(StringComparer.OrdinalIgnoreCase).Select(c => labels.FirstOrDefault(l => string.Equals(l, c, StringComparison.OrdinalIgnoreCase)) ?? c)];
}
