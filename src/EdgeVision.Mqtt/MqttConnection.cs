using System.Buffers;
using System.Text;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Adapter;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace EdgeVision.Mqtt;

/// <summary>
/// One connection from CONNECT to its end; it is never revived, the next one is a new object. Its client id stays the same, so that a
/// broker closes the old one before it reads from the new: bytes of a lost connection cannot arrive late and out of order.
/// </summary>
internal sealed partial class MqttConnection : IAsyncDisposable
{
    /// <summary>Fixed header 5, packet id 2, content type 46, length of properties and topic, rounded up: what a PUBLISH adds to topic and body.</summary>
    private const int PublishOverhead = 64;

    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AfterwordTimeout = TimeSpan.FromMilliseconds(100);
    private static readonly byte[] Online = "online"u8.ToArray();
    private static readonly byte[] Offline = "offline"u8.ToArray();

    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient(new ClientChannels());
    private readonly CancellationTokenSource _alive = new();
    private readonly MqttSession _session;
    private readonly MqttProtocolVersion _version;
    private readonly TaskCompletionSource<MqttClientDisconnectReason> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private MqttClientConnectResult? _welcome;
    private Func<MqttApplicationMessage, Task>? _heard;

    private MqttConnection(MqttSession session, MqttProtocolVersion version)
    {
        (_session, _version) = (session, version);
        _client.DisconnectedAsync += disconnected =>
        {
            if (disconnected.ClientWasConnected) _ended.TrySetResult(disconnected.Reason);
            return Task.CompletedTask;
        };
    }

    private bool SaysStatus => _session.HasStatus && _welcome is { RetainAvailable: true };

    /// <summary>Completes when an established connection is over.</summary>
    public Task Ended => _ended.Task;

    public bool IsAlive => _client.IsConnected && !_alive.IsCancellationRequested;

    /// <summary>Events on their way at once: what is configured, or less when the broker takes less.</summary>
    public int Window => Math.Min(_session.Options.InFlight, _welcome?.ReceiveMaximum is { } max and > 0 ? max : ushort.MaxValue);

    /// <summary>User properties and content types can be told.</summary>
    public bool HasProperties => _version == MqttProtocolVersion.V500;

    /// <summary>Opens with MQTT 5.0, and with 3.1.1 when the broker does not speak that. Reason is null exactly when there is a connection.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="stopping"/> fired.</exception>
    public static async Task<(MqttConnection? Connection, string? Reason)> OpenAsync(MqttSession session, CancellationToken stopping)
    {
        var (connection, reason, speaksAnother) = await TryOpenAsync(session, MqttProtocolVersion.V500, stopping).ConfigureAwait(false);
        if (!speaksAnother) return (connection, reason);
        var (older, _, _) = await TryOpenAsync(session, MqttProtocolVersion.V311, stopping).ConfigureAwait(false);
        return older is null ? (null, reason) : (older, null);
    }

    /// <summary>
    /// Sends one event. Calls made one after the other leave in that order: up to the write lock, which is first come first served, the
    /// client runs synchronously. Never throws for what a network does.
    /// </summary>
    public async Task<Acknowledgement> PublishAsync(string topic, EventMessage happened)
    {
        try
        {
            var message = Message(topic, new(happened.Payload), retain: false);
            if (HasProperties) (message.ContentType, message.UserProperties) = (happened.ContentType, happened.Attributes);
            var answer = await _client.PublishAsync(message, _alive.Token).ConfigureAwait(false);
            return new Acknowledgement((int)answer.ReasonCode, answer.ReasonString, null);
        }
        catch (Exception e) when (MqttFailure.IsExpected(e) || !IsAlive)
        {
            // !IsAlive: MQTTnet sets fields to null as it disconnects, and a publish at that moment sees a NullReferenceException.
            return new Acknowledgement(0, null, e);
        }
    }

    /// <summary>Sends something that is no event. Null when the broker has it, otherwise why not; never throws for what a network does.</summary>
    public async Task<string?> SayAsync(MqttApplicationMessage message, CancellationToken stopping)
    {
        try
        {
            // A broker cuts the connection over a packet that is too large for it, and whatever is retained would be said again on the next one.
            if (LimitBelow(message.Topic, (int)message.Payload.Length + (message.CorrelationData?.Length ?? 0)) is { } limit)
                return $"{message.Payload.Length} bytes on '{message.Topic}' are more than {_session.Options.Broker} takes ({limit} bytes); raise its limit for messages.";
            message.QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce;
            if (_version != MqttProtocolVersion.V500) (message.ContentType, message.CorrelationData) = (null, null);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, _alive.Token);
            var answer = await _client.PublishAsync(message, either.Token).WaitAsync(_session.Options.Timeout, _session.Time, stopping).ConfigureAwait(false);
            return answer.IsSuccess ? null : $"{_session.Options.Broker} does not take '{message.Topic}' ({answer.ReasonCode}); allow it in the broker's access list.";
        }
        catch (Exception e) when (!stopping.IsCancellationRequested && (MqttFailure.IsExpected(e) || !IsAlive))
        {
            return e is TimeoutException ? $"{_session.Options.Broker} did not acknowledge '{message.Topic}'." : "The connection was lost.";
        }
    }

    /// <summary>Hears <paramref name="filter"/> from now on. Null when the broker agrees, otherwise why not.</summary>
    /// <param name="filter">Of topics.</param>
    /// <param name="heard">Told of every message that comes over this connection; must not block. One for all filters.</param>
    /// <param name="stopping">Ends the wait.</param>
    public async Task<string?> HearAsync(string filter, Func<MqttApplicationMessage, Task> heard, CancellationToken stopping)
    {
        if (_heard is null)
        {
            _heard = heard;
            _client.ApplicationMessageReceivedAsync += received => _heard(received.ApplicationMessage);
        }

        try
        {
            var wanted = new MqttTopicFilter { Topic = filter, QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce, NoLocal = _version == MqttProtocolVersion.V500 };
            var options = new MqttClientSubscribeOptions { TopicFilters = [wanted] };
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, _alive.Token);
            var answer = await _client.SubscribeAsync(options, either.Token).WaitAsync(_session.Options.Timeout, _session.Time, stopping).ConfigureAwait(false);
            return answer.Items.All(static i => (int)i.ResultCode < 0x80) ? null : $"{_session.Options.Broker} does not let this node hear '{filter}'; allow it in the broker's access list.";
        }
        catch (Exception e) when (!stopping.IsCancellationRequested && (MqttFailure.IsExpected(e) || !IsAlive))
        {
            return "The connection was lost.";
        }
    }

    /// <summary>Ends the connection in good order and says nothing of this node: the next one follows at once.</summary>
    public async ValueTask LeaveAsync()
    {
        try
        {
            if (IsAlive) await _client.DisconnectAsync(new MqttClientDisconnectOptions(), _alive.Token).WaitAsync(CloseTimeout, _session.Time).ConfigureAwait(false);
        }
        catch (Exception e) when (MqttFailure.IsExpected(e) || !IsAlive)
        {
            ClosedHard(_session.Log, _session.Options.Broker, e.Message);
        }

        Abort();
    }

    /// <summary>Null when the broker takes packets of that size, otherwise its limit in bytes.</summary>
    public uint? LimitBelow(string topic, int bytes) =>
        _welcome?.MaximumPacketSize is { } max and > 0 && bytes + Encoding.UTF8.GetByteCount(topic) + PublishOverhead > max ? max : null;

    /// <summary>Why this connection is gone. The client tells of a DISCONNECT a moment after it counts as disconnected: that is waited for.</summary>
    public async ValueTask<string> DescribeLossAsync(Exception? failure)
    {
        MqttClientDisconnectReason? said = null;
        if (failure is MqttClientUnexpectedDisconnectReceivedException { ReasonCode: { } code }) said = (MqttClientDisconnectReason)code;
        else if (failure is not TimeoutException)
        {
            try
            {
                said = await _ended.Task.WaitAsync(AfterwordTimeout, _session.Time).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                // It ended without a word.
            }
        }

        return MqttFailure.OfLoss(failure, said, _session.Options, _session.ClientId);
    }

    /// <summary>Ends the connection at once and without a word, so that the broker speaks the last will.</summary>
    public void Abort()
    {
        if (_alive.IsCancellationRequested) return;
        _alive.Cancel();
        _client.Dispose();
    }

    /// <summary>Says <c>offline</c> and DISCONNECT where there is still someone to say it to; bounded by 2 × 1 s, then aborts.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (IsAlive)
            {
                if (SaysStatus)
                    await _client.PublishAsync(Message(_session.Topics.Status, new(Offline), retain: true), _alive.Token).WaitAsync(CloseTimeout, _session.Time).ConfigureAwait(false);
                await _client.DisconnectAsync(new MqttClientDisconnectOptions(), _alive.Token).WaitAsync(CloseTimeout, _session.Time).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (MqttFailure.IsExpected(e) || !IsAlive)
        {
            ClosedHard(_session.Log, _session.Options.Broker, e.Message);
        }

        Abort();
        _alive.Dispose();
    }

    private static async Task<(MqttConnection? Connection, string? Reason, bool SpeaksAnother)> TryOpenAsync(
        MqttSession session, MqttProtocolVersion version, CancellationToken stopping)
    {
        using var settings = MqttClientSettings.Load(session, version, out var wrong);
        if (settings is null) return (null, wrong, false);
        var connection = new MqttConnection(session, version);
        try
        {
            var welcome = await connection.ConnectAsync(settings.Options, stopping).ConfigureAwait(false);
            if (welcome.ResultCode == MqttClientConnectResultCode.Success)
            {
                connection._welcome = welcome;
                await connection.SayOnlineAsync(stopping).ConfigureAwait(false);
                Connected(session.Log, session.Options.Broker, session.ClientId, version == MqttProtocolVersion.V500 ? "5.0" : "3.1.1");
                return (connection, null, false);
            }

            // A broker of MQTT 3.1.1 answers in its own codes, 1..5; those of 5.0 begin at 0x80.
            connection.Abort();
            return (null, MqttFailure.OfRefusal(welcome, session.Options, session.ClientId, session.Topics.Status),
                welcome.ResultCode == MqttClientConnectResultCode.UnsupportedProtocolVersion || (int)welcome.ResultCode is > 0 and < 0x80);
        }
        catch (Exception e) when (MqttFailure.IsExpected(e))
        {
            connection.Abort();
            stopping.ThrowIfCancellationRequested();
            return (null, MqttFailure.OfConnect(e, session.Options, settings.CertificateFailure), settings.CertificateFailure is null && IsAboutMqtt(e));
        }
        catch
        {
            connection.Abort();
            throw;
        }
    }

    /// <summary>The peer was there but did not answer a CONNECT of this version: an old broker may do that (MQTT 3.1.1, section 3.1.2.2).</summary>
    private static bool IsAboutMqtt(Exception e) =>
        e is MqttConnectingFailedException or MqttProtocolViolationException;

    private async Task<MqttClientConnectResult> ConnectAsync(MqttClientOptions options, CancellationToken stopping)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(stopping, _alive.Token);
        try
        {
            return await _client.ConnectAsync(options, linked.Token).WaitAsync(_session.Options.Timeout, _session.Time, stopping).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            await linked.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task SayOnlineAsync(CancellationToken stopping)
    {
        if (!SaysStatus) return;
        try
        {
            var answer = await _client.PublishAsync(Message(_session.Topics.Status, new(Online), retain: true), _alive.Token)
                .WaitAsync(_session.Options.Timeout, _session.Time, stopping).ConfigureAwait(false);
            if (!answer.IsSuccess) StatusRefused(_session.Log, _session.Options.Broker, _session.Topics.Status, answer.ReasonCode);
        }
        catch (Exception e) when (!stopping.IsCancellationRequested && (MqttFailure.IsExpected(e) || !IsAlive))
        {
            Abort(); // the first publish will find it dead and say why
        }
    }

    private static MqttApplicationMessage Message(string topic, ReadOnlySequence<byte> payload, bool retain) => new()
    {
        Topic = topic,
        Payload = payload,
        QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
        Retain = retain,
    };

    [LoggerMessage(EventIds.MqttConnected, LogLevel.Information, "Connected to MQTT broker {Broker} as {ClientId}, MQTT {Version}.")]
    private static partial void Connected(ILogger log, string broker, string clientId, string version);

    [LoggerMessage(EventIds.MqttStatusRefused, LogLevel.Warning, "MQTT broker {Broker} does not take the status of this node on {Topic} ({Reason}); allow it in the broker's access list.")]
    private static partial void StatusRefused(ILogger log, string broker, string topic, MqttClientPublishReasonCode reason);

    [LoggerMessage(EventIds.MqttClosedHard, LogLevel.Debug, "MQTT broker {Broker} did not hear the goodbye ({Error}); it will say offline by itself.")]
    private static partial void ClosedHard(ILogger log, string broker, string error);
}
