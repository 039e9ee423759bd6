using System.Text.Json;
using EdgeVision.Delivery;
using EdgeVision.Events;
using EdgeVision.Models;

namespace EdgeVision.Module;

/// <summary>The figures of one run as <c>--report</c> writes them. Names and units are a contract with scripts; what is undefined is null.</summary>
internal sealed record RunReport(
    long Frames, long FramesDropped, long FramesStill, long FramesGated, double? Fps, long Detections, long Events, long PublishedMqtt, TimeSpan? LatencyP50, TimeSpan? LatencyP99,
    long OutboxDepth, ModelIdentity Model)
{
    /// <summary>What this process did.</summary>
    public static RunReport Of(Telemetry telemetry, Outbox outbox, ModelIdentity model, TimeProvider time)
    {
        var (cameras, mqtt) = (telemetry.Cameras.ToList(), telemetry.Sink(Deliveries.Mqtt));
        var frames = cameras.Sum(c => c.Inferred);
        return new RunReport(
            frames, cameras.Sum(c => c.Dropped), cameras.Sum(c => c.Still), cameras.Sum(c => c.Gated), cameras.Sum(c => c.FramesPerSecond(time)), cameras.Sum(c => c.Detections), outbox.Status.Appended, mqtt.Accepted,
            mqtt.Latency.Quantile(0.5), mqtt.Latency.Quantile(0.99), outbox.Depth(Deliveries.Mqtt), model);
    }

    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("frames", Frames);
        json.WriteNumber("framesDropped", FramesDropped);
        json.WriteNumber("framesStill", FramesStill);
        json.WriteNumber("framesGated", FramesGated);
        WriteNumber(json, "fps", Fps);
        json.WriteNumber("detections", Detections);
        json.WriteNumber("events", Events);
        json.WriteStartObject("published");
        json.WriteNumber("mqtt", PublishedMqtt);
        json.WriteNull("iothub");
        json.WriteEndObject();
        json.WriteStartObject("outbox");
        json.WriteNumber("depth", OutboxDepth);
        json.WriteNumber("evicted", 0);
        json.WriteEndObject();
        json.WriteStartObject("latencyMs");
        WriteNumber(json, "p50", LatencyP50?.TotalMilliseconds);
        WriteNumber(json, "p99", LatencyP99?.TotalMilliseconds);
        json.WriteEndObject();
        VisionEventJson.WriteModel(json, Model);
        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number) json.WriteNumber(name, Math.Round(number, 3));
        else json.WriteNull(name);
    }
}
