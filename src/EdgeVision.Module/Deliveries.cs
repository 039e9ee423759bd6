using EdgeVision.Delivery;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Module;

/// <summary>The delivery loops, one a sink, and how they end: what is left goes out, but not for ever.</summary>
internal sealed partial class Deliveries(Outbox outbox, Telemetry telemetry, TimeProvider time, ILoggerFactory logs) : IAsyncDisposable
{
    /// <summary>Name of the MQTT sink's cursor in the outbox.</summary>
    public const string Mqtt = "mqtt";

    /// <summary>Name of the IoT Hub sink's.</summary>
    public const string IotHub = "iothub";

    /// <summary>A broker that answers takes the rest in less, and nothing need be said.</summary>
    private static readonly TimeSpan Unremarkable = TimeSpan.FromSeconds(0.5);

    private readonly ILogger _log = logs.CreateLogger("delivery");
    private readonly CancellationTokenSource _finishing = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (Supervisor Supervisor, IEventSink Sink)> _running = new(StringComparer.Ordinal);
    private bool _isEnding;

    private long Waiting => Names().Max(n => (long?)outbox.Depth(n)) ?? 0;

    /// <summary>Starts delivering to <paramref name="sink"/>, which belongs to this object from now on.</summary>
    public void Start(string name, IEventSink sink, DeliveryOptions options, RetrySchedule? retry = null)
    {
        var loop = new DeliveryLoop(outbox, name, sink, telemetry.Sink(name), time, logs.CreateLogger(name), retry, options);
        var supervisor = new Supervisor(time, logs.CreateLogger("supervisor"));
        lock (_gate) _running.Add(name, (supervisor, sink));
        supervisor.Run($"delivery {name}", stopping => loop.RunAsync(stopping, _finishing.Token), Retries.OfCameras());
    }

    /// <summary>The events of <paramref name="name"/> go to <paramref name="sink"/> from now on; what the old one had not acknowledged goes to the new one.</summary>
    public async Task ReplaceAsync(string name, IEventSink sink, DeliveryOptions options)
    {
        if (TryRemove(name, out var old))
        {
            await old.Supervisor.DisposeAsync();
            await old.Sink.DisposeAsync();
            Start(name, sink, options);
        }
        else
        {
            await sink.DisposeAsync();
        }
    }

    /// <summary>Delivers no more to <paramref name="name"/>.</summary>
    public async Task EndAsync(string name)
    {
        if (!TryRemove(name, out var old)) return;
        await old.Supervisor.DisposeAsync();
        await old.Sink.DisposeAsync();
    }

    /// <summary>Sends what is left, within a bound, and ends.</summary>
    public async Task DrainAsync()
    {
        lock (_gate) _isEnding = true;
        await _finishing.CancelAsync();
        using var deadline = new CancellationTokenSource(StopTime.Delivery, time);
        var drained = Task.WhenAll(Running().Select(r => r.Supervisor.UntilEndedAsync(deadline.Token)));
        if (await Task.WhenAny(drained, Task.Delay(Unremarkable, time, deadline.Token)) != drained) Draining(_log, StopTime.Delivery.TotalSeconds, Waiting);
        await drained;
        if (Waiting is var kept and > 0) Kept(_log, kept);
    }

    public async ValueTask DisposeAsync()
    {
        lock (_gate) _isEnding = true;
        await Task.WhenAll(Running().Select(r => r.Supervisor.DisposeAsync().AsTask()));
        foreach (var (_, sink) in Running()) await sink.DisposeAsync();
        _finishing.Dispose();
    }

    private bool TryRemove(string name, out (Supervisor Supervisor, IEventSink Sink) removed)
    {
        removed = default;
        lock (_gate) return !_isEnding && _running.Remove(name, out removed);
    }

    private List<string> Names()
    {
        lock (_gate) return [.. _running.Keys];
    }

    private List<(Supervisor Supervisor, IEventSink Sink)> Running()
    {
        lock (_gate) return [.. _running.Values];
    }

    [LoggerMessage(EventIds.Draining, LogLevel.Information, "Waiting up to {Seconds} s until the last {Count} events are taken.")]
    private static partial void Draining(ILogger log, double seconds, long count);

    [LoggerMessage(EventIds.EventsKept, LogLevel.Information, "{Count} events are not delivered; they are kept and go out after the next start.")]
    private static partial void Kept(ILogger log, long count);
}
