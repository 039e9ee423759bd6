using EdgeVision.Configuration;
using EdgeVision.Events;
using EdgeVision.Models;
using EdgeVision.Mqtt;
using EdgeVision.Mqtt.HomeAssistant;

namespace EdgeVision.IntegrationTests.Mqtt.HomeAssistant;

/// <summary>Discoveries that tests need.</summary>
internal static class Discoveries
{
    public static HomeAssistantOptions Enabled { get; } = OptionsReader.Defaults(HomeAssistantOptions.Read) with { Enabled = true };

    public static HomeAssistantDiscovery Of(HomeAssistantOptions options, NodeIdentity? node = null, bool commands = true, string version = "1.2.3") =>
        new(options, new EventTopics(MqttOptions.DefaultTopicPrefix, (node ?? Some.Node).DeviceId), node ?? Some.Node, version, commands);

    public static ModelIdentity Model(params string[] labels) => new("nanodet-g-416", "1.0.0", new string('a', 64), labels);

    public static HomeAssistantCamera Camera(string name, params string[] classes) => new(name, classes);

    /// <summary>Of entities, without what all topics have in common: <c>sensor/door__fps</c>.</summary>
    public static IEnumerable<string> Entities(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> messages) => messages.Keys.Select(t => t.Split('/')).Select(l => $"{l[^4]}/{l[^2]}");

    /// <summary>Some topics of <see cref="Some.Node"/>.</summary>
    public static string Topic(string component, string entity) => $"homeassistant/{component}/gate-7__edgevision/{entity}/config";
}
