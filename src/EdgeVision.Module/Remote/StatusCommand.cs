using System.Text.Json;
using EdgeVision.Azure.Hub;
using EdgeVision.Commands;
using EdgeVision.Events;
using EdgeVision.Rollout;

namespace EdgeVision.Module.Remote;

/// <summary><c>getStatus</c>: how the node is, at a glance.</summary>
internal sealed class StatusCommand(RemoteNode node) : IDisposable
{
    private readonly FrameRates _rates = new(node.Telemetry, node.Time);
    private readonly long _started = node.Time.GetTimestamp();

    public CommandAnswer Answer() => CommandAnswer.Of(CommandAnswer.Ok, json =>
    {
        json.WriteString("time", Times.Of(node.Time.GetUtcNow()));
        json.WriteString("version", Product.Version);
        json.WriteString("device", node.Identity.DeviceId);
        json.WriteString("module", node.Identity.ModuleId);
        json.WriteString("configVersion", node.Identity.ConfigVersion);
        json.WriteNumber("uptimeSeconds", (long)node.Time.GetElapsedTime(_started).TotalSeconds);
        json.WriteString("logLevel", LogLevels.WordOf(node.LogLevel.Current));
        VisionEventJson.WriteModel(json, node.Model());
        if (node.Rollout() is { Target: { } target } rollout) Write(json, rollout, target);
        json.WriteStartObject("cameras");
        foreach (var name in node.Cameras())
        {
            if (node.Camera(name) is { } camera) Write(json, camera);
        }

        json.WriteEndObject();
        WriteSinks(json);
        WriteOutbox(json);
        WriteLink(json);
    });

    public void Dispose() => _rates.Dispose();

    /// <summary>One word: starting, running, paused, lost, ended.</summary>
    public static string StateOf(CameraTelemetry telemetry, CameraRequests? requests) => telemetry.Condition switch
    {
        CameraCondition.Lost => "lost",
        CameraCondition.Ended => "ended",
        _ when requests?.IsPaused == true => "paused",
        CameraCondition.Opens => "starting",
        _ => "running",
    };

    private void Write(Utf8JsonWriter json, CameraRequests requests)
    {
        var camera = node.TelemetryOf(requests);
        json.WriteStartObject(camera.Camera);
        json.WriteString("state", StateOf(camera, requests));
        if (camera.Condition is CameraCondition.Lost)
        {
            json.WriteString("reason", LogMask.Apply(camera.LostReason ?? ""));
            json.WriteNumber("retryInMs", (long)camera.RetryIn(node.Time).TotalMilliseconds);
        }

        if (camera.Condition is CameraCondition.Runs && _rates.Of(camera.Camera) is { } rate) json.WriteNumber("fps", Math.Round(rate, 1));
        else json.WriteNull("fps");
        json.WriteNumber("captured", camera.Captured);
        json.WriteNumber("frames", camera.Inferred);
        json.WriteNumber("dropped", camera.Dropped);
        json.WriteNumber("skipped", camera.Skipped);
        json.WriteNumber("gated", camera.Gated);
        json.WriteNumber("events", camera.Events);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, RolloutState rollout, string target)
    {
        json.WriteStartObject("modelUpdate");
        json.WriteString("phase", RolloutStateJson.WordOf(rollout.Phase));
        json.WriteString("target", target);
        if (rollout.Candidate is { } candidate) json.WriteString("candidate", candidate.Reference);
        if (rollout.Reason is { } reason) json.WriteString("reason", LogMask.Apply(reason));
        json.WriteEndObject();
    }

    private void WriteSinks(Utf8JsonWriter json)
    {
        json.WriteStartObject("sinks");
        foreach (var sink in node.Telemetry.Sinks)
        {
            json.WriteStartObject(sink.Sink);
            json.WriteNumber("depth", node.Outbox.Depth(sink.Sink));
            json.WriteBoolean("failing", sink.IsFailing);
            json.WriteNumber("accepted", sink.Accepted);
            json.WriteNumber("rejected", sink.Rejected);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private void WriteOutbox(Utf8JsonWriter json)
    {
        var status = node.Outbox.Status;
        json.WriteStartObject("outbox");
        json.WriteBoolean("writable", status.Writable);
        json.WriteNumber("held", status.Holdings.Events);
        json.WriteNumber("evicted", status.Holdings.EvictedEvents);
        json.WriteNumber("lastSequence", status.LastSequence);
        json.WriteEndObject();
    }

    private void WriteLink(Utf8JsonWriter json)
    {
        if (node.Link() is not { } link)
        {
            json.WriteNull("link");
            return;
        }

        json.WriteStartObject("link");
        json.WriteString("state", link.State switch
        {
            HubLinkState.Connecting => "connecting",
            HubLinkState.Connected => "connected",
            _ => "waiting",
        });
        json.WriteString("since", Times.Of(link.Since));
        json.WriteNumber("connects", link.Connects);
        if (link.Reason is { } reason) json.WriteString("reason", LogMask.Apply(reason));
        json.WriteEndObject();
    }
}
