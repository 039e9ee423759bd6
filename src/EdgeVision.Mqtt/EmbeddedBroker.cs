using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace EdgeVision.Mqtt;

/// <summary>
/// A broker for a node without one: loopback only, without users, everything bounded. Nothing is kept on disk; the outbox holds what a
/// consumer that was away may ask for.
/// </summary>
/// <remarks>
/// A consumer that does not keep up loses its newest messages and sees the gap in <c>sequence</c>. (MQTTnet's other strategy, dropping the
/// oldest, keeps the packets it drops in its list of unacknowledged ones: with a limit of 1000 and an absent QoS 1 session, 20,000 messages
/// of 4 KB left 80 MiB behind, where this one left 4.)
/// </remarks>
public sealed partial class EmbeddedBroker : IAsyncDisposable
{
    /// <summary>Clients at once.</summary>
    public const int MaxClients = 64;

    /// <summary>Sessions kept for clients that are away (<c>mosquitto_sub -c</c>); the one away longest goes first.</summary>
    public const int MaxAbsentSessions = 16;

    /// <summary>Messages waiting for one client; the same number may be sent and not acknowledged.</summary>
    public const int MaxPendingMessages = 1000;

    /// <summary>Topics with a retained message.</summary>
    public const int MaxRetained = 256;

    /// <summary>How long a client may take to say CONNECT, and how long closing may take.</summary>
    private static readonly TimeSpan CommunicationTimeout = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(2);

    private readonly MqttServer _server;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly ConcurrentDictionary<string, int> _unacknowledged = new(StringComparer.Ordinal);
    private long _dropped;
    private long _lastReport;
    private bool _isDisposed;

    private EmbeddedBroker(LoopbackListener listener, int wanted, TimeProvider time, ILogger log)
    {
        (_time, _log, Port, WantedPort) = (time, log, listener.Port, wanted);
        _server = new MqttServerFactory().CreateMqttServer(
            new MqttServerOptions
            {
                EnablePersistentSessions = true,
                MaxPendingMessagesPerClient = MaxPendingMessages,
                PendingMessagesOverflowStrategy = MqttPendingMessagesOverflowStrategy.DropNewMessage,
                DefaultCommunicationTimeout = CommunicationTimeout,
            },
            [listener]);
        _server.ValidatingConnectionAsync += AdmitAsync;
        _server.InterceptingPublishAsync += BoundRetainedAsync;
        _server.ApplicationMessageEnqueuedOrDroppedAsync += CountDropped;
        _server.InterceptingOutboundPacketAsync += CountSentAsync;
        _server.ClientAcknowledgedPublishPacketAsync += CountAcknowledged;
        _server.ClientDisconnectedAsync += Forget;
    }

    /// <summary>Where it listens.</summary>
    public int Port { get; }

    /// <summary>What was asked for; differs from <see cref="Port"/> when that was taken.</summary>
    public int WantedPort { get; }

    /// <summary>Messages that consumers lost because they did not keep up.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Listens on <paramref name="port"/>, or on a free one when that is 0 or taken.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">No port can be had.</exception>
    public static async Task<EmbeddedBroker> StartAsync(int port, TimeProvider time, ILogger log)
    {
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(log);
        void TooLarge(EndPoint? client, int bytes) => PacketTooLarge(log, client, bytes, PacketLimit.MaxBytes);
        var listener = LoopbackListener.TryBind(port, TooLarge) ?? LoopbackListener.TryBind(0, TooLarge)!;
        var broker = new EmbeddedBroker(listener, port, time, log);
        await broker._server.StartAsync().ConfigureAwait(false);
        if (port != 0 && broker.Port != port) PortTaken(log, port, broker.Port);
        Started(log, broker.Port);
        return broker;
    }

    /// <summary>Closes every connection; takes 2 s at most.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        try
        {
            await _server.StopAsync(new MqttServerStopOptions()).WaitAsync(StopTimeout, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // A client that does not take its goodbye is cut off by Dispose.
        }

        _server.Dispose();
    }

    private async Task AdmitAsync(ValidatingConnectionEventArgs client)
    {
        if (string.IsNullOrEmpty(client.ClientId)) client.AssignedClientIdentifier = Guid.CreateVersion7().ToString("N");
        var clients = await _server.GetClientsAsync().ConfigureAwait(false);
        if (clients.Count >= MaxClients && !clients.Any(c => c.Id == client.ClientId))
        {
            client.ReasonCode = MqttConnectReasonCode.QuotaExceeded;
            client.ReasonString = $"The embedded broker serves {MaxClients} clients.";
            ClientRefused(_log, client.ClientId, MaxClients);
            return;
        }

        await ForgetLongAbsentAsync(client.ClientId).ConfigureAwait(false);
    }

    /// <summary>MQTTnet keeps sessions for ever, whatever expiry the client asked for.</summary>
    private async Task ForgetLongAbsentAsync(string arriving)
    {
        var now = _time.GetUtcNow().UtcDateTime;
        var absent = (await _server.GetSessionsAsync().ConfigureAwait(false))
            .Where(s => s.DisconnectedTimestamp is not null && s.Id != arriving)
            .OrderByDescending(s => s.DisconnectedTimestamp).ToList();
        for (var i = 0; i < absent.Count; i++)
        {
            var session = absent[i];
            var isExpired = session.ExpiryInterval is > 0 and < uint.MaxValue && now - session.DisconnectedTimestamp > TimeSpan.FromSeconds(session.ExpiryInterval);
            if (isExpired || i >= MaxAbsentSessions - 1) await session.DeleteAsync().ConfigureAwait(false);
        }
    }

    private async Task BoundRetainedAsync(InterceptingPublishEventArgs publish)
    {
        if (!publish.ApplicationMessage.Retain) return;
        var retained = await _server.GetRetainedMessagesAsync().ConfigureAwait(false);
        if (retained.Count < MaxRetained || retained.Any(m => m.Topic == publish.ApplicationMessage.Topic)) return;
        publish.ProcessPublish = false;
        publish.Response.ReasonCode = MqttPubAckReasonCode.QuotaExceeded;
    }

    private Task CountDropped(ApplicationMessageEnqueuedEventArgs message)
    {
        if (!message.IsDropped) return Task.CompletedTask;
        var dropped = Interlocked.Increment(ref _dropped);
        var now = _time.GetTimestamp();
        var last = Volatile.Read(ref _lastReport);
        if (last != 0 && _time.GetElapsedTime(last, now) < TimeSpan.FromSeconds(1)) return Task.CompletedTask;
        if (Interlocked.CompareExchange(ref _lastReport, now, last) == last) ConsumerSlow(_log, message.ReceiverClientId, dropped);
        return Task.CompletedTask;
    }

    /// <summary>A consumer that reads but never acknowledges would make MQTTnet's list of unacknowledged packets grow: it is sent away.</summary>
    private async Task CountSentAsync(InterceptingPacketEventArgs sending)
    {
        if (sending.Packet is not MqttPublishPacket { QualityOfServiceLevel: > MqttQualityOfServiceLevel.AtMostOnce }) return;
        if (_unacknowledged.AddOrUpdate(sending.ClientId, 1, static (_, count) => count + 1) <= MaxPendingMessages) return;
        sending.ProcessPacket = false;
        ConsumerSlow(_log, sending.ClientId, Interlocked.Increment(ref _dropped));
        await _server.DisconnectClientAsync(sending.ClientId, new MqttServerClientDisconnectOptions { ReasonCode = MqttDisconnectReasonCode.QuotaExceeded }).ConfigureAwait(false);
    }

    private Task CountAcknowledged(ClientAcknowledgedPublishPacketEventArgs packet)
    {
        _unacknowledged.AddOrUpdate(packet.ClientId, 0, static (_, count) => Math.Max(0, count - 1));
        return Task.CompletedTask;
    }

    private Task Forget(ClientDisconnectedEventArgs client)
    {
        _unacknowledged.TryRemove(client.ClientId, out _);
        return Task.CompletedTask;
    }

    [LoggerMessage(EventIds.BrokerStarted, LogLevel.Information, "The embedded MQTT broker listens on loopback, port {Port}.")]
    private static partial void Started(ILogger log, int port);

    [LoggerMessage(EventIds.BrokerPortTaken, LogLevel.Warning, "Port {Wanted} is taken (or not for this user), so the embedded MQTT broker listens on {Port}; 'ss -ltnp sport = :{Wanted}' shows who holds it. If that is a broker of yours, set Mqtt:Host to it; otherwise stop it or set Mqtt:EmbeddedPort.")]
    private static partial void PortTaken(ILogger log, int wanted, int port);

    [LoggerMessage(EventIds.BrokerClientRefused, LogLevel.Warning, "The embedded MQTT broker refused client {Client}: it serves {Max} at once; use a broker of its own for more.")]
    private static partial void ClientRefused(ILogger log, string client, int max);

    [LoggerMessage(EventIds.BrokerConsumerSlow, LogLevel.Warning, "MQTT consumer {Client} does not keep up with the embedded broker; {Dropped} messages were dropped for slow consumers so far.")]
    private static partial void ConsumerSlow(ILogger log, string client, long dropped);

    [LoggerMessage(EventIds.BrokerPacketTooLarge, LogLevel.Warning, "MQTT client {Client} sent a packet of {Bytes} bytes; the embedded broker takes {Max} and closed the connection.")]
    private static partial void PacketTooLarge(ILogger log, EndPoint? client, int bytes, int max);
}
