using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace EdgeVision.Simulator.Hub;

internal sealed partial class MqttHub
{
    private const string Publishing = nameof(Publishing);
    private const string Granted = nameof(Granted);

    /// <summary>Packets stay the same objects as long as a session holds them.</summary>
    private readonly ConditionalWeakTable<MqttPublishPacket, string> _sent = [];

    private Task AdmitAsync(ValidatingConnectionEventArgs client)
    {
        (client.ReasonCode, var why) = Admit(client);
        if (why is not null) LogRefused(client.ClientId, why, _time.GetUtcNow());
        return Task.CompletedTask;
    }

    /// <summary>CONNACK 3 for what edgeHub cannot read, 5 for what it does not believe.</summary>
    private (MqttConnectReasonCode Code, string? Why) Admit(ValidatingConnectionEventArgs client)
    {
        if (client.ProtocolVersion == MqttProtocolVersion.V500) return (MqttConnectReasonCode.UnsupportedProtocolVersion, "it speaks MQTT 5, and IoT Hub 3.1.1");
        if (!HubUserName.TryParse(client.UserName, out var user, out var error)) return (MqttConnectReasonCode.ServerUnavailable, error);
        const MqttConnectReasonCode refused = MqttConnectReasonCode.NotAuthorized;
        if (user.Identity.ClientId != client.ClientId) return (refused, $"its user name says {user.Identity}");
        if (!_modules.TryGetValue(client.ClientId, out var module)) return (refused, $"the modules here are {string.Join(", ", _modules.Keys)}");
        if (!SasToken.TryParse(client.Password, out var token)) return (refused, "its password is no SharedAccessSignature");
        var now = _time.GetUtcNow();
        if (token.Refusal(module, _options.HubHostName, now) is { } refusal) return (refused, refusal);
        var known = _admissions.TryGetValue(client.ClientId, out var last) && last.Signature == token.Signature;
        var admission = new Admission(token.Signature, token.Expiry, known ? last!.FirstSeen : now);
        if (Until(admission) <= now) return (refused, "its token is older than a minute (fault token-1min)");
        _admissions[client.ClientId] = admission;
        module.ModelId = user.ModelId;
        return (MqttConnectReasonCode.Success, null);
    }

    private Task ConnectedAsync(ClientConnectedEventArgs client)
    {
        LogConnected(client.ClientId);
        // Into a session that is still there, with its subscriptions.
        return _modules.TryGetValue(client.ClientId, out var module) ? SendInputsAsync(module) : Task.CompletedTask;
    }

    private Task DisconnectedAsync(ClientDisconnectedEventArgs client)
    {
        LogDisconnected(client.ClientId, client.DisconnectType);
        return Task.CompletedTask;
    }

    private Task ReceiveAsync(InterceptingPacketEventArgs received)
    {
        // A will comes to PublishAsync without having been received.
        if (received.Packet is MqttPublishPacket) received.SessionItems[Publishing] = true;
        if (received.Packet is MqttSubscribePacket subscribe) received.SessionItems[(Granted, subscribe.PacketIdentifier)] = subscribe.TopicFilters.ConvertAll(f => (MqttSubscribeReasonCode)AtMostOne(f.QualityOfServiceLevel));
        return Task.CompletedTask;
    }

    /// <summary>
    /// What MQTTnet leaves out: it answers SUBSCRIBE in the order of qualities, not of the filters (MQTT 3.1.1, section 3.9.3), and sends again without DUP
    /// (section 3.3.1.1).
    /// </summary>
    private Task SendAsync(InterceptingPacketEventArgs sending)
    {
        if (!_modules.TryGetValue(sending.ClientId, out var module)) return Task.CompletedTask;
        if (sending.Packet is MqttPublishPacket { QualityOfServiceLevel: MqttQualityOfServiceLevel.AtLeastOnce } push && IsRepeated(push, module)) push.Dup = true;
        if (sending.Packet is not MqttSubAckPacket answer) return Task.CompletedTask;
        if (sending.SessionItems[(Granted, answer.PacketIdentifier)] is List<MqttSubscribeReasonCode> codes) answer.ReasonCodes = codes;
        sending.SessionItems.Remove((Granted, answer.PacketIdentifier));
        return SendInputsAsync(module); // behind the SUBACK
    }

    /// <summary>A kept message may come in another packet, into another session.</summary>
    private bool IsRepeated(MqttPublishPacket push, SimulatedModule module) => KeptIdOf(push) is { } id ? module.Inputs.WasSent(id) : !_sent.TryAdd(push, Publishing);

    private Task SubscribeAsync(InterceptingSubscriptionEventArgs asked)
    {
        var (filter, granted) = (asked.TopicFilter.Topic, AtMostOne(asked.TopicFilter.QualityOfServiceLevel));
        asked.ProcessSubscription = false; // Kept here, in the items of the session: PushAsync looks there.
        asked.Response.ReasonCode = (MqttSubscribeReasonCode)granted;
        if (!_modules.TryGetValue(asked.ClientId, out var module)) return Task.CompletedTask;
        if (Subscriptions.IsKnown(filter, module.Identity)) SubscriptionsOf(asked.SessionItems).Add(filter, granted);
        else LogFilterIgnored(asked.ClientId, filter);
        return Task.CompletedTask;
    }

    private Task UnsubscribeAsync(InterceptingUnsubscriptionEventArgs asked)
    {
        asked.ProcessUnsubscription = false;
        SubscriptionsOf(asked.SessionItems).Remove(asked.Topic);
        return Task.CompletedTask;
    }

    private static Subscriptions SubscriptionsOf(System.Collections.IDictionary session)
    {
        if (session[nameof(Subscriptions)] is not Subscriptions subscriptions) session[nameof(Subscriptions)] = subscriptions = new Subscriptions();
        return subscriptions;
    }

    private static MqttQualityOfServiceLevel AtMostOne(MqttQualityOfServiceLevel asked) =>
        asked == MqttQualityOfServiceLevel.ExactlyOnce ? MqttQualityOfServiceLevel.AtLeastOnce : asked;

    /// <summary>Whatever is wrong with a message, the client hears nothing of it: a PUBACK, as from edgeHub, or the end of the connection.</summary>
    private async Task PublishAsync(InterceptingPublishEventArgs publish, MqttServer server)
    {
        publish.ProcessPublish = false; // Nothing goes from client to client by topic.
        var isWill = publish.SessionItems[Publishing] is null;
        publish.SessionItems.Remove(Publishing);
        // A hub that is gone stores nothing, no will either, not even when the next one runs already: and acknowledges nothing, or it would be lost.
        if (!ReferenceEquals(Volatile.Read(ref _server), server))
        {
            publish.CloseConnection = !isWill;
            return;
        }

        if (!_modules.TryGetValue(publish.ClientId, out var module)) return;
        var (message, topic) = (publish.ApplicationMessage, publish.ApplicationMessage.Topic);
        if (message.QualityOfServiceLevel == MqttQualityOfServiceLevel.ExactlyOnce) Close(publish, "it published with QoS 2");
        else if (message.Payload.Length > MaxMessageBytes) Close(publish, $"its message has {message.Payload.Length} bytes; {MaxMessageBytes} are allowed");
        else if (HubTopic.IsTelemetry(topic, module.Identity, out var bag)) await TakeTelemetryAsync(publish, module, bag, isWill).ConfigureAwait(false);
        else if (HubTopic.IsTwinGet(topic, out var get)) await RespondAsync(module, HubTopic.TwinResponse(200, get, null), module.Twin.Read()).ConfigureAwait(false);
        else if (HubTopic.IsTwinReport(topic, out var report)) await ReportAsync(module, report, message.Payload.ToArray()).ConfigureAwait(false);
        else if (!HubTopic.IsMethodResult(topic, out var status, out var call)) LogLost(publish.ClientId, topic, "the topic matches no template");
        else if (!_methods.TryAnswer(module.Identity, call, status, message.Payload.ToArray())) LogLost(publish.ClientId, topic, "nobody waits for this answer");
    }

    private void Close(InterceptingPublishEventArgs publish, string why)
    {
        publish.CloseConnection = true;
        LogClosed(publish.ClientId, why);
    }

    private async Task TakeTelemetryAsync(InterceptingPublishEventArgs publish, SimulatedModule module, string bag, bool isWill)
    {
        var message = publish.ApplicationMessage;
        if (!PropertyBag.TryParse(bag, out var given, out var error))
        {
            LogLost(publish.ClientId, message.Topic, error);
            return;
        }

        var size = message.Payload.Length + given.Sum(p => (IsSystem(p.Key) ? 0 : Encoding.UTF8.GetByteCount(p.Key)) + Encoding.UTF8.GetByteCount(p.Value ?? ""));
        if (size > MaxMessageBytes)
        {
            Close(publish, $"its message has {size} bytes with properties; {MaxMessageBytes} are allowed");
            return;
        }

        var properties = new Dictionary<string, string?>(given, StringComparer.Ordinal);
        if (message.Retain) properties["mqtt-retain"] = "true";
        if (message.Dup) properties["mqtt-dup"] = "true";
        if (isWill) properties["iothub-MessageType"] = "Will";
        if (Telemetry.Add(new TelemetryMessage(publish.ClientId, Encoding.UTF8.GetString(message.Payload), properties, _time.GetUtcNow()))) LogForgotten();
        foreach (var route in _options.Routes.Where(r => given.TryGetValue("$.on", out var output) && r.Output == output)) await FollowAsync(route, module.Identity, properties, message.Payload).ConfigureAwait(false);
    }

    private Task<bool> FollowAsync(Route route, ModuleIdentity sender, Dictionary<string, string?> properties, ReadOnlySequence<byte> body)
    {
        var target = new ModuleIdentity(sender.Device, route.Module ?? sender.Module);
        var forwarded = properties.Where(p => p.Key != "$.on").Append(new("$.cdid", sender.Device)).Append(new("$.cmid", sender.Module));
        return SendInputAsync(target, route.Input, forwarded, body);
    }

    private async Task ReportAsync(SimulatedModule module, string requestId, byte[] payload)
    {
        string? error = null;
        long? version = null;
        try
        {
            version = module.Twin.Report(JsonNode.Parse(payload), out error);
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            error = $"the patch is no JSON, or names a property twice ({e.Message})";
        }

        if (version is null) LogLost(module.Identity.ClientId, "reported properties", error!);
        await RespondAsync(module, HubTopic.TwinResponse(version is null ? 400 : 204, requestId, version), error is null ? null : new JsonObject { ["message"] = error }).ConfigureAwait(false);
    }

    private Task<bool> RespondAsync(SimulatedModule module, string topic, JsonObject? body) =>
        PushAsync(module.Identity, topic, body is null ? [] : Encoding.UTF8.GetBytes(body.ToJsonString()));

    private static bool IsSystem(string property) => property.StartsWith("$.", StringComparison.Ordinal);
}
