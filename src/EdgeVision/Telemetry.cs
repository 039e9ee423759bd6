using System.Collections.Concurrent;
using EdgeVision.Evidence;
using EdgeVision.Fallback;

namespace EdgeVision;

/// <summary>Every loss and every wait of the node, as numbers that the live table, the report and later the metrics page read.</summary>
public sealed class Telemetry
{
    private readonly ConcurrentDictionary<string, CameraTelemetry> _cameras = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, SinkTelemetry> _sinks = new(StringComparer.Ordinal);

    /// <summary>Pictures of events.</summary>
    public EvidenceTelemetry Evidence { get; } = new();

    /// <summary>Questions to the cloud.</summary>
    public FallbackTelemetry Fallback { get; } = new();

    /// <summary>One per camera name, kept across restarts of that camera.</summary>
    public CameraTelemetry Camera(string name) => _cameras.GetOrAdd(name, static n => new CameraTelemetry(n));

    /// <summary>Null when nothing is known of a camera of this name, and so it stays: for who asks while cameras come and go.</summary>
    public CameraTelemetry? Find(string camera) => _cameras.GetValueOrDefault(camera);

    /// <summary>The camera is no longer configured; should it come back, it begins anew.</summary>
    public void Forget(string camera) => _cameras.TryRemove(camera, out _);

    /// <summary>One per sink name.</summary>
    public SinkTelemetry Sink(string name) => _sinks.GetOrAdd(name, static n => new SinkTelemetry(n));

    /// <summary>The sink is no longer configured.</summary>
    public void ForgetSink(string name) => _sinks.TryRemove(name, out _);

    public IEnumerable<CameraTelemetry> Cameras => _cameras.Values.OrderBy(c => c.Camera, StringComparer.Ordinal);

    public IEnumerable<SinkTelemetry> Sinks => _sinks.Values.OrderBy(s => s.Sink, StringComparer.Ordinal);
}
