using System.Text.Json;
using EdgeVision.Azure.Hub;
using EdgeVision.Delivery;
using EdgeVision.Events;
using EdgeVision.Evidence;
using EdgeVision.Models;
using EdgeVision.Triggers;

namespace EdgeVision.Module;

/// <summary>The figures of one run as <c>--report</c> writes them. Names and units are a contract with scripts; what is undefined is null.</summary>
internal sealed record RunReport(
    long Frames, long FramesDropped, long FramesStill, long FramesGated, double? Fps, long Detections, long Events, long PublishedMqtt, long? PublishedIotHub, TimeSpan? LatencyP50, TimeSpan? LatencyP99,
    long OutboxDepth, OutboxHoldings Outbox, EvidenceTelemetry Evidence, ModelIdentity Model, IReadOnlyList<CameraTelemetry> Cameras, HubBill? IotHub)
{
    /// <summary>What this process did.</summary>
    public static RunReport Of(Telemetry telemetry, Outbox outbox, HubUsage? hub, ModelIdentity model, TimeProvider time)
    {
        var (cameras, mqtt) = (telemetry.Cameras.ToList(), telemetry.Sink(Deliveries.Mqtt));
        var frames = cameras.Sum(c => c.Inferred);
        return new RunReport(
            frames, cameras.Sum(c => c.Dropped), cameras.Sum(c => c.Still), cameras.Sum(c => c.Gated), cameras.Sum(c => c.FramesPerSecond(time)), cameras.Sum(c => c.Detections), outbox.Status.Appended, mqtt.Accepted, hub is null ? null : telemetry.Sink(Deliveries.IotHub).Accepted,
            mqtt.Latency.Quantile(0.5), mqtt.Latency.Quantile(0.99), telemetry.Sinks.Max(s => outbox.Depth(s.Sink)), outbox.Status.Holdings, telemetry.Evidence, model, cameras, hub is null ? null : HubBill.Of(hub));
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
        if (PublishedIotHub is { } published) json.WriteNumber("iothub", published);
        else json.WriteNull("iothub");
        json.WriteEndObject();
        json.WriteStartObject("outbox");
        json.WriteNumber("depth", OutboxDepth);
        json.WriteNumber("evicted", Outbox.EvictedEvents);
        json.WriteNumber("held", Outbox.Events);
        json.WriteNumber("bytes", Outbox.Bytes);
        json.WriteNumber("deadLetters", Outbox.DeadLetters);
        json.WriteEndObject();
        json.WriteStartObject("evidence");
        json.WriteNumber("kept", Evidence.Kept);
        json.WriteNumber("notKept", Evidence.NotKept);
        json.WriteNumber("sent", Evidence.Sent);
        json.WriteNumber("waiting", Evidence.Waiting);
        json.WriteEndObject();
        json.WriteStartObject("latencyMs");
        WriteNumber(json, "p50", LatencyP50?.TotalMilliseconds);
        WriteNumber(json, "p99", LatencyP99?.TotalMilliseconds);
        json.WriteEndObject();
        VisionEventJson.WriteModel(json, Model);
        json.WriteStartObject("cameras");
        foreach (var camera in Cameras) Write(json, camera);
        json.WriteEndObject();
        IotHub?.WriteTo(json);
        json.WriteEndObject();
    }

    /// <summary>What is lost before detection, and what became of the trigger's pulses.</summary>
    private static void Write(Utf8JsonWriter json, CameraTelemetry camera)
    {
        json.WriteStartObject(camera.Camera);
        json.WriteNumber("captured", camera.Captured);
        json.WriteNumber("missed", camera.Capture.Missed);
        json.WriteNumber("corrupted", camera.Capture.Corrupted);
        json.WriteNumber("copied", camera.Capture.Copied);
        json.WriteStartObject("triggers");
        foreach (var outcome in Enum.GetValues<TriggerOutcome>()) json.WriteNumber(JsonNamingPolicy.CamelCase.ConvertName($"{outcome}"), camera.Triggers.Of(outcome));
        json.WriteStartObject("differenceMs");
        WriteNumber(json, "p50", camera.Triggers.Difference.Quantile(0.5)?.TotalMilliseconds);
        WriteNumber(json, "p99", camera.Triggers.Difference.Quantile(0.99)?.TotalMilliseconds);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number) json.WriteNumber(name, Math.Round(number, 3));
        else json.WriteNull(name);
    }
}
