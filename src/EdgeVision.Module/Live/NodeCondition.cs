using System.Text.Json.Nodes;
using EdgeVision.Models;
using EdgeVision.Rollout;

namespace EdgeVision.Module.Live;

/// <summary>How the node is, in a few words that only change when something happened: no counters, no times.</summary>
internal static class NodeCondition
{
    /// <summary>A text in a twin may have 4 KB.</summary>
    private const int MaxText = 500;

    public static JsonObject Of(Telemetry telemetry, ModelIdentity model, RolloutState rollout)
    {
        var cameras = new JsonObject();
        var (isStarting, isDegraded) = (false, false);
        foreach (var camera in telemetry.Cameras)
        {
            isStarting |= camera.Condition is CameraCondition.Opens;
            isDegraded |= camera.Condition is CameraCondition.Lost;
            // IoT Hub allows no dots in names.
            cameras[camera.Camera.Replace('.', '_')] = camera is { Condition: CameraCondition.Runs, IsPaused: true } ? "paused" : NameOf(camera.Condition);
        }

        var sinks = new JsonObject();
        foreach (var sink in telemetry.Sinks)
        {
            isDegraded |= sink.IsFailing;
            sinks[sink.Sink] = sink.IsFailing ? "failing" : "ok";
        }

        var status = new JsonObject
        {
            ["state"] = isDegraded ? "degraded" : isStarting ? "starting" : "ok",
            ["cameras"] = cameras,
            ["sinks"] = sinks,
            ["model"] = new JsonObject { ["name"] = model.Name, ["version"] = model.Version, ["sha256"] = model.Sha256 },
        };
        if (rollout.Target is not null) status["modelUpdate"] = OfUpdate(rollout);
        // The first in the order of names, so that it changes only with what it says.
        if (telemetry.Cameras.FirstOrDefault(c => c.Condition is CameraCondition.Lost)?.LostReason is { } reason) status["lastError"] = Cut(reason);
        return status;
    }

    private static JsonObject OfUpdate(RolloutState rollout)
    {
        var update = new JsonObject { ["phase"] = RolloutStateJson.WordOf(rollout.Phase), ["target"] = Cut(rollout.Target!) };
        if (rollout.Reason is { } reason) update["reason"] = Cut(reason);
        return update;
    }

    private static string Cut(string text) => text.Length <= MaxText ? text : text[..MaxText];

    private static string NameOf(CameraCondition condition) => condition switch
    {
        CameraCondition.Opens => "starting",
        CameraCondition.Runs => "running",
        CameraCondition.Lost => "lost",
        CameraCondition.Ended => "ended",
        _ => throw new ArgumentOutOfRangeException(nameof(condition), condition, null),
    };
}
