using System.Text.Json.Nodes;
using EdgeVision.Models;

namespace EdgeVision.Module.Live;

/// <summary>How the node is, in a few words that only change when something happened: no counters, no times.</summary>
internal static class NodeCondition
{
    public static JsonObject Of(Telemetry telemetry, ModelIdentity model)
    {
        var cameras = new JsonObject();
        var (isStarting, isDegraded) = (false, false);
        foreach (var camera in telemetry.Cameras)
        {
            isStarting |= camera.Condition is CameraCondition.Opens;
            isDegraded |= camera.Condition is CameraCondition.Lost;
            // IoT Hub allows no dots in names.
            cameras[camera.Camera.Replace('.', '_')] = NameOf(camera.Condition);
        }

        var sinks = new JsonObject();
        foreach (var sink in telemetry.Sinks)
        {
            isDegraded |= sink.IsFailing;
            sinks[sink.Sink] = sink.IsFailing ? "failing" : "ok";
        }

        return new JsonObject
        {
            ["state"] = isDegraded ? "degraded" : isStarting ? "starting" : "ok",
            ["cameras"] = cameras,
            ["sinks"] = sinks,
            ["model"] = new JsonObject { ["name"] = model.Name, ["version"] = model.Version, ["sha256"] = model.Sha256 },
        };
    }

    private static string NameOf(CameraCondition condition) => condition switch
    {
        CameraCondition.Opens => "starting",
        CameraCondition.Runs => "running",
        CameraCondition.Lost => "lost",
        CameraCondition.Ended => "ended",
        _ => throw new ArgumentOutOfRangeException(nameof(condition), condition, null),
    };
}
