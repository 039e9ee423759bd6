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

    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1), LastRetry = TimeSpan.FromSeconds(30);

    /// <summary>A broker that answers takes the rest in less, and nothing need be said.</summary>
    private static readonly TimeSpan Unremarkable = TimeSpan.FromSeconds(0.5);

    private readonly ILogger _log = logs.CreateLogger("delivery");
    private readonly Supervisor _supervisor = new(time, logs.CreateLogger("supervisor"));
    private readonly CancellationTokenSource _finishing = new();
    private readonly List<IEventSink> _sinks = [];
    private readonly List<string> _names = [];

    private long Waiting => _names.Max(n => (long?)outbox.Depth(n)) ?? 0;

    /// <summary>Starts delivering to <paramref name="sink"/>, which belongs to this object from now on.</summary>
    public void Start(string name, IEventSink sink)
    {
        var loop = new DeliveryLoop(outbox, name, sink, telemetry.Sink(name), time, logs.CreateLogger(name));
        _sinks.Add(sink);
        _names.Add(name);
        _supervisor.Run($"delivery {name}", stopping => loop.RunAsync(stopping, _finishing.Token), new RetrySchedule(FirstRetry, LastRetry, Random.Shared));
    }

    /// <summary>Sends what is left, within a bound, and ends.</summary>
    public async Task DrainAsync()
    {
        await _finishing.CancelAsync();
        using var deadline = new CancellationTokenSource(StopTime.Delivery, time);
        var drained = _supervisor.UntilEndedAsync(deadline.Token);
        if (await Task.WhenAny(drained, Task.Delay(Unremarkable, time, deadline.Token)) != drained) Draining(_log, StopTime.Delivery.TotalSeconds, Waiting);
        await drained;
        if (Waiting is var kept and > 0) Kept(_log, kept);
    }

    public async ValueTask DisposeAsync()
    {
        await _supervisor.DisposeAsync();
        foreach (var sink in _sinks) await sink.DisposeAsync();
        _finishing.Dispose();
    }

    [LoggerMessage(EventIds.Draining, LogLevel.Information, "Waiting up to {Seconds} s for the broker to take {Count} events.")]
    private static partial void Draining(ILogger log, double seconds, long count);

    [LoggerMessage(EventIds.EventsKept, LogLevel.Information, "{Count} events are not delivered; they are kept and go out after the next start.")]
    private static partial void Kept(ILogger log, long count);
}
