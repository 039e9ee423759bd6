using EdgeVision.Delivery;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Module;

/// <summary>The delivery loops, one a sink, and how they end: what is left goes out, but not for ever.</summary>
internal sealed class Deliveries(Outbox outbox, Telemetry telemetry, TimeProvider time, ILoggerFactory logs) : IAsyncDisposable
{
    /// <summary>Name of the MQTT sink's cursor in the outbox.</summary>
    public const string Mqtt = "mqtt";

    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1), LastRetry = TimeSpan.FromSeconds(30);

    private readonly Supervisor _supervisor = new(time, logs.CreateLogger("supervisor"));
    private readonly CancellationTokenSource _finishing = new();
    private readonly List<IEventSink> _sinks = [];

    /// <summary>Starts delivering to <paramref name="sink"/>, which belongs to this object from now on.</summary>
    public void Start(string name, IEventSink sink)
    {
        var loop = new DeliveryLoop(outbox, name, sink, telemetry.Sink(name), time, logs.CreateLogger(name));
        _sinks.Add(sink);
        _supervisor.Run($"delivery {name}", stopping => loop.RunAsync(stopping, _finishing.Token), new RetrySchedule(FirstRetry, LastRetry, Random.Shared));
    }

    /// <summary>Sends what is left, within a bound, and ends.</summary>
    public async Task DrainAsync()
    {
        await _finishing.CancelAsync();
        using var deadline = new CancellationTokenSource(StopTime.Delivery, time);
        await _supervisor.UntilEndedAsync(deadline.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _supervisor.DisposeAsync();
        foreach (var sink in _sinks) await sink.DisposeAsync();
        _finishing.Dispose();
    }
}
