using System.Buffers;
using MQTTnet;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace EdgeVision.Simulator.Hub;

/// <content>Messages for inputs: kept until the module acknowledges them.</content>
internal sealed partial class MqttHub
{
    /// <summary>Name of the user property that says which kept message a packet carries. MQTT 3.1.1 has none on the wire, so the client never sees it.</summary>
    private const string KeptId = nameof(KeptId);

    /// <summary>Keeps the message, and sends it as soon as it is its turn. False when the module is away or has not asked for it.</summary>
    public async Task<bool> SendInputAsync(ModuleIdentity module, string input, IEnumerable<KeyValuePair<string, string?>> properties, ReadOnlySequence<byte> body)
    {
        var topic = HubTopic.Input(module, input, properties);
        if (!_modules.TryGetValue(module.ClientId, out var target))
        {
            LogNotSubscribed(module.ClientId, topic); // a route to a module that this device does not have
            return false;
        }

        var lost = target.Inputs.Add(topic, body.ToArray(), _time.GetUtcNow());
        if (lost > 0) LogInputsLost(module.ClientId, lost);
        if (await SendInputsAsync(target).ConfigureAwait(false) is { } subscriptions && subscriptions.QualityOf(topic) is not null) return true;
        LogKept(module.ClientId, topic);
        return false;
    }

    /// <summary>Sends what waits for the module; its subscriptions, null when it is not connected.</summary>
    private async Task<Subscriptions?> SendInputsAsync(SimulatedModule module)
    {
        if (await SessionAsync(module.Identity).ConfigureAwait(false) is not { } session || session.Items[nameof(Subscriptions)] is not Subscriptions subscriptions) return null;
        module.Inputs.Send(session.Items, subscriptions.QualityOf, (id, topic, body, quality) => session.TryEnqueueApplicationMessage(Message(id, topic, body, quality), out _), _time.GetUtcNow());
        return subscriptions;
    }

    private static MqttApplicationMessage Message(string id, string topic, byte[] body, MqttQualityOfServiceLevel quality) =>
        new() { Topic = topic, PayloadSegment = body, QualityOfServiceLevel = quality, UserProperties = [new MqttUserProperty(KeptId, System.Text.Encoding.UTF8.GetBytes(id))] };

    private static string? KeptIdOf(MqttPublishPacket packet) => packet.UserProperties?.Find(p => p.Name == KeptId)?.ReadValueAsString();

    private Task AcknowledgedAsync(ClientAcknowledgedPublishPacketEventArgs acknowledged)
    {
        if (KeptIdOf(acknowledged.PublishPacket) is not { } id || !_modules.TryGetValue(acknowledged.ClientId, out var module)) return Task.CompletedTask;
        module.Inputs.Acknowledge(id);
        return SendInputsAsync(module);
    }
}
