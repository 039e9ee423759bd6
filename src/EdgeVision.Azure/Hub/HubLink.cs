using System.Buffers;
using System.Globalization;
using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading.Channels;
using EdgeVision.Azure.Identity;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace EdgeVision.Azure.Hub;

/// <summary>
/// One connection to a hub from CONNECT to its end, subscribed to everything a module hears before anybody may use it; it is never revived.
/// However it ends (closed, reset, silent, timed out, local fault), <see cref="Ended"/> says why, once.
/// </summary>
internal sealed class HubLink : IAsyncDisposable
{
    /// <summary>What came and was not handled yet; then the hub waits. At 256 KB a message, 16 MB.</summary>
    private const int InboundQueue = 64;

    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(1);

    private readonly HubChannels _channels = new();
    private readonly IMqttClient _client;
    private readonly CancellationTokenSource _alive = new();
    private readonly HubTopics _topics;
    private readonly HubOptions _options;
    private readonly TimeProvider _time;
    private readonly TaskCompletionSource<string> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<(HubArrival Arrival, byte[] Payload)> _inbound = Channel.CreateBounded<(HubArrival, byte[])>(
        new BoundedChannelOptions(InboundQueue) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private HubLink(HubIdentity identity, HubOptions options, TimeProvider time)
    {
        (_topics, _options, _time, Host) = (new HubTopics(identity), options, time, identity.Host);
        _client = new MqttClientFactory().CreateMqttClient(_channels);
        _client.ApplicationMessageReceivedAsync += ReceiveAsync;
        _client.DisconnectedAsync += gone =>
        {
            if (gone.ClientWasConnected) End(OfLoss(gone.Exception?.GetBaseException()));
            return Task.CompletedTask;
        };
    }

    public string Host { get; }

    public HubTopics Topics => _topics;

    /// <summary>Completes with one sentence when the link is over.</summary>
    public Task<string> Ended => _ended.Task;

    public bool IsAlive => !_ended.Task.IsCompleted;

    /// <summary>What the hub sends, in its order. When nobody reads, the hub waits.</summary>
    public ChannelReader<(HubArrival Arrival, byte[] Payload)> Inbound => _inbound.Reader;

    /// <summary>Connects and subscribes.</summary>
    /// <param name="login">Who.</param>
    /// <param name="token">MQTT password; null with a certificate.</param>
    /// <param name="trust">Whom to believe.</param>
    /// <param name="certificate">Client certificate, with its key; null with a token.</param>
    /// <param name="options">Times and names.</param>
    /// <param name="time">Measures timeouts.</param>
    /// <param name="stopping">Ends the attempt.</param>
    /// <returns>The link, or why there is none and what kind of failure that is.</returns>
    public static async ValueTask<(HubLink? Link, HubFailure? Failure)> OpenAsync(
        HubLogin login, SasToken? token, HubTrust trust, X509Certificate2? certificate, HubOptions options, TimeProvider time, CancellationToken stopping)
    {
        var link = new HubLink(login.Identity, options, time);
        try
        {
            var welcome = await link.Within(alive => link._client.ConnectAsync(Settings(login.Identity, token, trust, certificate, options), alive), stopping).ConfigureAwait(false);
            if (welcome.ResultCode is not MqttClientConnectResultCode.Success)
            {
                await link.DisposeAsync().ConfigureAwait(false);
                return (null, HubFailure.OfRefusal(welcome.ResultCode, login.Identity, time));
            }

            if (await link.SubscribeAsync(stopping).ConfigureAwait(false) is { } refused)
            {
                await link.DisposeAsync().ConfigureAwait(false);
                return (null, refused);
            }

            return (link, null);
        }
        catch (Exception e) when (IsExpected(e))
        {
            await link.DisposeAsync().ConfigureAwait(false);
            stopping.ThrowIfCancellationRequested();
            if (link._channels.Violation is not null) return (null, new HubFailure(link.OfLoss(e)));
            return (null, HubFailure.OfConnect(e, Endpoint(login.Identity, options), options.Timeout, trust));
        }
    }

    /// <summary>Publishes and, with <paramref name="isTelemetry"/>, waits for the hub's PUBACK. Null when that came; otherwise why not, and the link is over.</summary>
    /// <remarks>Calls made one after the other leave in that order.</remarks>
    public async Task<string?> PublishAsync(string topic, ReadOnlyMemory<byte> body, bool isTelemetry, CancellationToken stopping)
    {
        var message = new MqttApplicationMessage
        {
            Topic = topic,
            Payload = new ReadOnlySequence<byte>(body),
            QualityOfServiceLevel = isTelemetry ? MqttQualityOfServiceLevel.AtLeastOnce : MqttQualityOfServiceLevel.AtMostOnce,
        };
        try
        {
            var answer = await Within(alive => _client.PublishAsync(message, alive), stopping).ConfigureAwait(false);
            if (answer.IsSuccess) return null;
            End($"{Host} refused a message ({answer.ReasonCode}); the link is opened again.");
        }
        catch (TimeoutException)
        {
            End($"{Host} did not acknowledge a message within {_options.Timeout.TotalSeconds:0} s; the link is opened again.");
        }
        catch (Exception e) when (IsExpected(e) || !IsAlive)
        {
            // !IsAlive: MQTTnet sets fields to null as it disconnects.
            stopping.ThrowIfCancellationRequested();
            End(OfLoss(e.GetBaseException()));
        }

        return await Ended.ConfigureAwait(false);
    }

    /// <summary>Ends it from our side: to renew the token, or because a watchdog has given the hub up.</summary>
    public void End(string reason)
    {
        if (!_ended.TrySetResult(reason)) return;
        _inbound.Writer.TryComplete();
        _alive.Cancel();
    }

    public async ValueTask DisposeAsync()
    {
        var wasAlive = IsAlive;
        try
        {
            if (wasAlive && _client.IsConnected) await _client.DisconnectAsync(new MqttClientDisconnectOptions(), CancellationToken.None).WaitAsync(CloseTimeout, _time).ConfigureAwait(false);
        }
        catch (Exception e) when (IsExpected(e))
        {
            // Nobody to say goodbye to.
        }

        End("This node closed the link.");
        _client.Dispose();
        _alive.Dispose();
    }

    /// <summary>Null for an end in good order.</summary>
    private string OfLoss(Exception? e) => e switch
    {
        _ when _channels.Violation is { } violation => $"The connection to {Host} was lost ({violation}); it is opened again.",
        null => $"The connection to {Host} was lost (closed by the other side); it is opened again.",
        // Of a PING: MQTTnet sends one after KeepAlive without a packet of ours, and waits half as long. What we ask for has a timeout of its own.
        MqttCommunicationTimedOutException => string.Create(CultureInfo.InvariantCulture,
            $"{Host} has not answered for {_options.KeepAlive.TotalSeconds * 1.5:0.#} s, not even a ping, though the connection looks open; it is opened again."),
        _ => $"The connection to {Host} was lost ({e.Message.TrimEnd('.')}); it is opened again.",
    };

    private async ValueTask<HubFailure?> SubscribeAsync(CancellationToken stopping)
    {
        // QoS 0 for what the hub repeats on request, so that no acknowledgement of ours can come in the wrong order; inputs are acknowledged.
        var wanted = new MqttClientSubscribeOptionsBuilder().WithTopicFilter(HubTopics.TwinResponses).WithTopicFilter(HubTopics.DesiredPatches).WithTopicFilter(HubTopics.Methods);
        if (_topics.Inputs is { } inputs) wanted.WithTopicFilter(inputs, MqttQualityOfServiceLevel.AtLeastOnce);
        var answer = await Within(alive => _client.SubscribeAsync(wanted.Build(), alive), stopping).ConfigureAwait(false);
        foreach (var item in answer.Items)
            if ((int)item.ResultCode >= 0x80) return new HubFailure($"{Host} refused the subscription '{item.TopicFilter.Topic}' ({item.ResultCode}); it is tried again.");
        return null;
    }

    private async Task ReceiveAsync(MqttApplicationMessageReceivedEventArgs received)
    {
        if (_topics.Read(received.ApplicationMessage.Topic) is not { } arrival) return;
        try
        {
            await _inbound.Writer.WriteAsync((arrival, received.ApplicationMessage.Payload.ToArray()), _alive.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException or ObjectDisposedException)
        {
            // The link is over; what came at QoS 1 and is not acknowledged comes again.
            received.ProcessingFailed = true;
        }
    }

    private async Task<T> Within<T>(Func<CancellationToken, Task<T>> work, CancellationToken stopping)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(stopping, _alive.Token);
        try
        {
            return await work(linked.Token).WaitAsync(_options.Timeout, _time, linked.Token).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            await linked.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static DnsEndPoint Endpoint(HubIdentity identity, HubOptions options) => new(identity.Host, identity.GatewayPort ?? options.Port);

    private static MqttClientOptions Settings(HubIdentity identity, SasToken? token, HubTrust trust, X509Certificate2? certificate, HubOptions options) => new()
    {
        ProtocolVersion = MqttProtocolVersion.V311,
        ClientId = identity.ClientId,
        CleanSession = false,     // as the official clients; nothing relies on it: every link subscribes anew
        KeepAlivePeriod = options.KeepAlive,
        Timeout = options.Timeout,
        Credentials = new MqttClientCredentials(identity.UserName(options.ProductInfo, options.ModelId), token is null ? null : Encoding.UTF8.GetBytes(token.Text)),
        ChannelOptions = new MqttClientTcpOptions
        {
            RemoteEndpoint = Endpoint(identity, options),
            StreamProvider = new HubSocket(),
            TlsOptions = new MqttClientTlsOptions
            {
                UseTls = true,
                TargetHost = identity.Host,
                SslProtocol = SslProtocols.Tls12 | SslProtocols.Tls13,
                RevocationMode = X509RevocationMode.NoCheck,
                CertificateValidationHandler = trust.Accepts,
                ClientCertificatesProvider = certificate is null ? null : new DefaultMqttCertificatesProvider(new X509Certificate2Collection(certificate)),
            },
        },
    };

    /// <summary>What a network does. Everything else is a bug and may rise.</summary>
    private static bool IsExpected(Exception e) => e
        is MqttCommunicationException or MqttProtocolViolationException or OperationCanceledException or ObjectDisposedException
        or System.Net.Sockets.SocketException or IOException or AuthenticationException or TimeoutException;
}
