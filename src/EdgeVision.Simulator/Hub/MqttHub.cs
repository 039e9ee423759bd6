using System.Buffers;
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace EdgeVision.Simulator.Hub;

/// <summary>edgeHub's MQTT head. MQTTnet does packets, sessions and redelivery; what topics mean, and who may do what, is here.</summary>
/// <remarks>
/// Unlike edgeHub's, its store is memory and ends with the process, it does not limit the messages in flight to the hub (16), and it does not send again what is
/// not acknowledged within 30 s.
/// </remarks>
internal sealed partial class MqttHub : IAsyncDisposable
{
    /// <summary>Body, values of system properties, names and values of application properties.</summary>
    public const int MaxMessageBytes = 256 * 1024;

    /// <summary>Of a method's request.</summary>
    public const int MaxMethodBytes = 128 * 1024;

    private const int MaxPendingMessages = 10_000;

    /// <summary>As edgeHub's ConnectionReauthenticator.</summary>
    private static readonly TimeSpan RecheckInterval = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan MinuteToken = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(2);

    private readonly IReadOnlyDictionary<string, SimulatedModule> _modules;
    private readonly ConcurrentDictionary<string, Admission> _admissions = new(StringComparer.Ordinal);
    private readonly SimulatorOptions _options;
    private readonly Faults _faults;
    private readonly Func<X509Certificate2> _certificate;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly DirectMethods _methods;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _switch = new(1, 1);
    private MqttServer? _server; // null while paused
    private TlsListener? _listener;
    private Task _watching = Task.CompletedTask;
    private Task _resuming = Task.CompletedTask;
    private bool _isDisposed;

    private MqttHub(IReadOnlyDictionary<string, SimulatedModule> modules, SimulatorOptions options, Faults faults, Func<X509Certificate2> certificate, TimeProvider time, ILogger log)
    {
        (_modules, _options, _faults, _certificate, _time, _log) = (modules, options, faults, certificate, time, log);
        _methods = new DirectMethods(time);
        Port = options.Port;
    }

    /// <summary>The token a module came with.</summary>
    private sealed record Admission(string Signature, DateTimeOffset Expiry, DateTimeOffset FirstSeen);

    public int Port { get; private set; }

    public TelemetryLog Telemetry { get; } = new();

    /// <summary>Called before the hub comes back from a pause.</summary>
    public Action? Restarting { get; set; }

    /// <param name="certificate">Asked for each connection.</param>
    /// <exception cref="SocketException">The port cannot be had.</exception>
    public static async Task<MqttHub> StartAsync(
        IReadOnlyDictionary<string, SimulatedModule> modules, SimulatorOptions options, Faults faults, Func<X509Certificate2> certificate, TimeProvider time, ILogger log)
    {
        var hub = new MqttHub(modules, options, faults, certificate, time, log);
        await hub.ListenAsync().ConfigureAwait(false);
        hub._watching = hub.WatchTokensAsync();
        return hub;
    }

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        await _stop.CancelAsync().ConfigureAwait(false);
        await _resuming.ConfigureAwait(false);
        await _watching.ConfigureAwait(false);
        await StopListeningAsync().ConfigureAwait(false);
        _stop.Dispose();
        _switch.Dispose();
    }

    /// <summary>Closes the module's connection in good order; false when there is none.</summary>
    public async Task<bool> KickAsync(ModuleIdentity module)
    {
        if (Volatile.Read(ref _server) is not { } server) return false;
        try
        {
            await server.DisconnectClientAsync(module.ClientId, new MqttServerClientDisconnectOptions()).ConfigureAwait(false);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false; // not connected, or the hub has just been paused
        }
    }

    /// <summary>
    /// Stops listening, resets all connections and forgets all sessions; comes back on the same port after <paramref name="duration"/>. Twins and telemetry
    /// stay, as they do in a real hub.
    /// </summary>
    public async Task PauseAsync(TimeSpan duration)
    {
        await StopListeningAsync().ConfigureAwait(false);
        LogPaused(duration.TotalSeconds);
        var before = _resuming;
        _resuming = ResumeAsync(before, duration);
    }

    /// <summary>The new version of the desired properties, and whether they could be pushed; or why the patch is refused.</summary>
    public async Task<(long? Version, bool Pushed, string? Error)> DesireAsync(SimulatedModule module, JsonNode? patch)
    {
        if (module.Twin.Desire(patch, out var error) is not { } version) return (null, false, error);
        var push = ModuleTwin.Versioned((JsonObject)patch!, version);
        return (version, await PushAsync(module.Identity, HubTopic.Desired(version), System.Text.Encoding.UTF8.GetBytes(push.ToJsonString())).ConfigureAwait(false), null);
    }

    /// <param name="payload">JSON, or nothing.</param>
    public Task<MethodAnswer> CallAsync(ModuleIdentity module, string name, byte[] payload, TimeSpan timeout) =>
        _methods.CallAsync(module, requestId => PushAsync(module, HubTopic.Method(name, requestId), payload), timeout);

    /// <summary>Subscriptions are looked at first: what a client has not asked for (again, after a restart of the hub) it does not get.</summary>
    internal async Task<bool> PushAsync(ModuleIdentity module, string topic, byte[] payload)
    {
        if (await SessionAsync(module).ConfigureAwait(false) is { } session && session.Items[nameof(Subscriptions)] is Subscriptions subscriptions && subscriptions.QualityOf(topic) is { } granted)
        {
            // As edgeHub: at the quality granted, 1 at most.
            var message = new MqttApplicationMessage { Topic = topic, PayloadSegment = payload, QualityOfServiceLevel = granted };
            return session.TryEnqueueApplicationMessage(message, out _);
        }

        LogNotSubscribed(module.ClientId, topic);
        return false;
    }

    /// <summary>Of a module that is connected.</summary>
    private async Task<MqttSessionStatus?> SessionAsync(ModuleIdentity module)
    {
        try
        {
            var clients = Volatile.Read(ref _server) is { } server ? await server.GetClientsAsync().ConfigureAwait(false) : [];
            return clients.FirstOrDefault(c => c.Id == module.ClientId)?.Session;
        }
        catch (InvalidOperationException)
        {
            return null; // the hub has just been paused
        }
    }

    private async Task ListenAsync()
    {
        await _switch.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_server is not null) return;
            var listener = TlsListener.Bind(Port, _certificate, _time);
            Port = listener.Port;
            var options = new MqttServerOptions
            {
                EnablePersistentSessions = true,
                MaxPendingMessagesPerClient = MaxPendingMessages,
                PendingMessagesOverflowStrategy = MqttPendingMessagesOverflowStrategy.DropNewMessage,
                DefaultCommunicationTimeout = TimeSpan.FromMinutes(1), // edgeHub's ConnectArrivalTimeout
            };
            var server = new MqttServerFactory().CreateMqttServer(options, [listener]);
            server.ValidatingConnectionAsync += AdmitAsync;
            server.InterceptingInboundPacketAsync += ReceiveAsync;
            server.InterceptingOutboundPacketAsync += SendAsync;
            server.InterceptingPublishAsync += publish => PublishAsync(publish, server);
            server.InterceptingSubscriptionAsync += SubscribeAsync;
            server.InterceptingUnsubscriptionAsync += UnsubscribeAsync;
            server.ClientConnectedAsync += ConnectedAsync;
            server.ClientAcknowledgedPublishPacketAsync += AcknowledgedAsync;
            server.ClientDisconnectedAsync += DisconnectedAsync;
            _listener = listener;
            Volatile.Write(ref _server, server);
            await server.StartAsync().ConfigureAwait(false);
        }
        finally
        {
            _switch.Release();
        }
    }

    private async Task StopListeningAsync()
    {
        await _switch.WaitAsync().ConfigureAwait(false);
        try
        {
            if (Interlocked.Exchange(ref _server, null) is not { } server) return;
            _listener!.Abort(); // before MQTTnet closes connections in good order
            try
            {
                await server.StopAsync(new MqttServerStopOptions()).WaitAsync(StopTimeout, TimeProvider.System).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                // What does not end by itself is cut off by Dispose.
            }

            server.Dispose();
        }
        finally
        {
            _switch.Release();
        }
    }

    private async Task ResumeAsync(Task before, TimeSpan duration)
    {
        try
        {
            await before.ConfigureAwait(false);
            await Task.Delay(duration, _time, _stop.Token).ConfigureAwait(false);
            Restarting?.Invoke();
            await ListenAsync().ConfigureAwait(false);
            LogResumed(Port);
        }
        catch (OperationCanceledException)
        {
            // The simulator ends while the hub is paused.
        }
        catch (SocketException e)
        {
            LogResumeFailed(e, Port);
        }
    }

    private async Task WatchTokensAsync()
    {
        using var timer = new PeriodicTimer(Tick, _time);
        var last = _time.GetUtcNow();
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
            {
                var now = _time.GetUtcNow();
                if (!_faults.IsOn(Fault.TokenOneMinute) && now - last < RecheckInterval) continue;
                last = now;
                foreach (var (client, admission) in _admissions)
                {
                    if (Until(admission) > now || !_modules.TryGetValue(client, out var module)) continue;
                    if (await KickAsync(module.Identity).ConfigureAwait(false)) LogTokenExpired(client);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The simulator ends.
        }
    }

    private DateTimeOffset Until(Admission admission)
    {
        var minute = admission.FirstSeen + MinuteToken;
        return _faults.IsOn(Fault.TokenOneMinute) && minute < admission.Expiry ? minute : admission.Expiry;
    }
}
