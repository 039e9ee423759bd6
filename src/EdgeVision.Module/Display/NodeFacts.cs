using EdgeVision.Delivery;
using EdgeVision.Models;
using EdgeVision.Mqtt;

namespace EdgeVision.Module.Display;

/// <summary>What stays the same while the node runs, for whoever shows it.</summary>
internal sealed class NodeFacts(string node, Func<ModelIdentity> model, MqttOptions mqtt, EventTopics topics, Outbox outbox, bool embedded, HubFacts? hub = null)
{
    public string Node => node;

    /// <summary>In force.</summary>
    public ModelIdentity Model => model();

    public Outbox Outbox => outbox;

    /// <summary>Null without one.</summary>
    public HubFacts? Hub => hub;

    /// <summary>Where events go.</summary>
    public string Broker { get; } = embedded ? $"{mqtt.Broker} (embedded)" : mqtt.Broker;

    /// <summary>The exact command that shows the events.</summary>
    public string Subscribe { get; } = SubscribeCommand.For(mqtt, topics);
}
