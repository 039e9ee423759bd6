using EdgeVision.Delivery;
using EdgeVision.Events;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Mqtt;

/// <summary>
/// Publishes events to an MQTT broker: QoS 1, one event a message, up to <see cref="MqttOptions.InFlight"/> on
/// their way and always in order on the wire. It connects when there is something to send and is not connected; when that fails it says
/// why and leaves the waiting to the delivery loop. All else that a broker hears of a node is the <see cref="MqttDesk"/>'s.
/// </summary>
/// <remarks>One caller at a time, as a delivery loop is.</remarks>
public sealed partial class MqttSink : IEventSink
{
    private readonly MqttSession _session;
    private readonly Task<Acknowledgement>[] _window;
    private readonly CredentialFiles _files;
    private MqttConnection? _connection;
    private bool _isDisposed;
    private bool _saidStructured;
    private readonly NodeIdentity _node;

    /// <param name="options">With a host: for the embedded broker <see cref="MqttOptions.AtLoopback"/>.</param>
    /// <param name="node">Gives the topics and the client id their names.</param>
    /// <param name="time">Measures timeouts.</param>
    /// <param name="log">Hears of connections found and lost.</param>
    public MqttSink(MqttOptions options, NodeIdentity node, TimeProvider time, ILogger log)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(node);
        if (options.Host is null) throw new ArgumentException("The sink needs a host; for the embedded broker see MqttOptions.AtLoopback.", nameof(options));
        _node = node;
        _session = new MqttSession(options, ClientIdOf(options, node), new EventTopics(options.TopicPrefix, node.DeviceId), time, log, HasStatus: false);
        _files = new CredentialFiles(options, time);
        _window = new Task<Acknowledgement>[options.InFlight];
    }

    /// <summary>Where the events go.</summary>
    public EventTopics Topics => _session.Topics;

    /// <summary>The configured one, or one that names this node.</summary>
    public static string ClientIdOf(MqttOptions options, NodeIdentity node)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(node);
        return options.ClientId ?? $"{node.ModuleId}-{node.DeviceId}";
    }

    /// <summary>
    /// Connects when it is not, or when password or certificates have changed since. Null when connected, otherwise one sentence. Nobody needs to call it
    /// before <see cref="SendAsync"/>.
    /// </summary>
    /// <exception cref="OperationCanceledException"><paramref name="stopping"/> fired.</exception>
    public async ValueTask<string?> ConnectAsync(CancellationToken stopping)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        // Nothing is on its way now: the moment for new certificates.
        var haveChanged = _files.HaveChanged();
        if (haveChanged && _connection is { IsAlive: true } old)
        {
            await old.LeaveAsync().ConfigureAwait(false);
            _connection = null;
        }

        if (_connection is { IsAlive: true }) return null;
        if (_connection is { } dead) Drop(await dead.DescribeLossAsync(failure: null).ConfigureAwait(false));
        (_connection, var reason) = await MqttConnection.OpenAsync(_session, stopping).ConfigureAwait(false);
        if (_connection is { HasProperties: false } && _session.Options.ContentMode is MqttContentMode.Binary && !_saidStructured)
        {
            _saidStructured = true;
            StructuredOnly(_session.Log, _session.Options.Broker);
        }

        return reason;
    }

    public async ValueTask<DeliveryResult> SendAsync(IReadOnlyList<OutboxEntry> batch, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(batch);
        stopping.ThrowIfCancellationRequested();
        if (batch.Count == 0) return DeliveryResult.All(0);
        if (await ConnectAsync(stopping).ConfigureAwait(false) is { } reason) return DeliveryResult.RetryLater(0, reason);
        return await PublishAsync(_connection!, batch, stopping).ConfigureAwait(false);
    }

    /// <summary>Takes 1 s at most.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        if (_connection is { } connection) await connection.DisposeAsync().ConfigureAwait(false);
        _connection = null;
    }

    /// <summary>
    /// A sliding window: the front waits for its acknowledgement while the back is being sent. What was sent after a refused or lost event
    /// may have arrived; it is sent again, with the same id.
    /// </summary>
    private async ValueTask<DeliveryResult> PublishAsync(MqttConnection connection, IReadOnlyList<OutboxEntry> batch, CancellationToken stopping)
    {
        var (sent, accepted, size) = (0, 0, connection.Window);
        DeliveryResult? end = null;
        while (accepted < batch.Count)
        {
            while (end is null && sent < batch.Count && sent - accepted < size)
            {
                var message = EventMessage.Of(batch[sent], connection.HasProperties ? _session.Options.ContentMode : MqttContentMode.Structured, _node);
                end = Unsendable(connection, batch[sent], message, sent);
                if (end is null) _window[sent % size] = connection.PublishAsync(TopicOf(batch[sent]), message);
                sent += end is null ? 1 : 0;
            }

            if (accepted == sent) break;
            var answer = await AnswerAsync(_window[accepted % size], stopping).ConfigureAwait(false);
            if (!answer.IsTaken) return await EndAsync(connection, answer, batch[accepted], accepted, sent, size, stopping).ConfigureAwait(false);
            accepted++;
        }

        return end ?? DeliveryResult.All(accepted);
    }

    /// <summary>An answer, or a <see cref="TimeoutException"/> in its place: a broker that hangs must not hang this node.</summary>
    private async ValueTask<Acknowledgement> AnswerAsync(Task<Acknowledgement> publish, CancellationToken stopping)
    {
        if (publish.IsCompletedSuccessfully) return publish.Result;
        try
        {
            return await publish.WaitAsync(_session.Options.Timeout, _session.Time, stopping).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            return new Acknowledgement(0, null, e);
        }
    }

    private async ValueTask<DeliveryResult> EndAsync(
        MqttConnection connection, Acknowledgement answer, OutboxEntry entry, int accepted, int sent, int size, CancellationToken stopping)
    {
        if (answer.Failure is { } failure)
        {
            var loss = await connection.DescribeLossAsync(failure).ConfigureAwait(false);
            Drop(loss);
            return DeliveryResult.RetryLater(accepted, loss);
        }

        // The others must be answered before the next batch, which begins with them, may follow.
        for (var i = accepted + 1; i < sent; i++)
        {
            if ((await AnswerAsync(_window[i % size], stopping).ConfigureAwait(false)).Failure is not { } other) continue;
            Drop(await connection.DescribeLossAsync(other).ConfigureAwait(false));
            break;
        }

        return MqttFailure.OfPublish(accepted, answer.Code, answer.Said, TopicOf(entry), entry.Body.Length, _session.Options);
    }

    /// <summary>What no broker, or not this one, can take: known before it is sent.</summary>
    private DeliveryResult? Unsendable(MqttConnection connection, OutboxEntry entry, in EventMessage message, int index)
    {
        if (entry.Camera is { } camera && EntityName.Check(camera) is { } wrong)
            return DeliveryResult.Rejected(index, $"Event {entry.Sequence} is of camera '{camera}', which {wrong}.");
        var bytes = message.Payload.Length + message.AttributeBytes;
        return connection.LimitBelow(TopicOf(entry), bytes) is { } limit
            ? MqttFailure.TooLarge(index, bytes, limit, _session.Options)
            : null;
    }

    private string TopicOf(OutboxEntry entry) => _session.Topics.Of(entry.Camera, entry.Family);

    private void Drop(string reason)
    {
        Disconnected(_session.Log, _session.Options.Broker, reason);
        _connection?.Abort();
        _connection = null;
    }

    [LoggerMessage(EventIds.MqttStructuredOnly, LogLevel.Warning, "MQTT broker {Broker} speaks 3.1.1 only, which knows no user properties: events go in structured content mode. Use a broker of MQTT 5.0, or set ContentMode to structured.")]
    private static partial void StructuredOnly(ILogger log, string broker);

    [LoggerMessage(EventIds.MqttDisconnected, LogLevel.Warning, "Connection to MQTT broker {Broker} ended: {Reason}")]
    private static partial void Disconnected(ILogger log, string broker, string reason);
}
