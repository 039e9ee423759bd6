using System.Globalization;
using System.Text.Json.Nodes;
using EdgeVision.Azure.Hub;
using EdgeVision.Delivery;

namespace EdgeVision.Module.Health;

/// <summary>
/// Whether the process is alive, in the sense that a restart would not make it better, and whether it does all of its work. They are two questions: a
/// camera that is unplugged or a hub that is away is no reason to kill the node that waits for them.
/// </summary>
internal sealed class NodeHealth(Telemetry telemetry, Outbox outbox, Func<HubLinkStatus?> link, TimeProvider time)
{
    /// <summary>A camera whose frames nobody takes for so long has a loop that hangs: the slowest model on the slowest board is done in a few seconds.</summary>
    private static readonly TimeSpan Hanging = TimeSpan.FromSeconds(60);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (long Captured, long Taken, long Since)> _seen = new(StringComparer.Ordinal);

    /// <summary>For restarts: 503 only for what one would mend.</summary>
    public HttpPage Healthz()
    {
        var reasons = Hung();
        return Page(reasons, reasons.Count == 0 ? "ok" : "unhealthy");
    }

    /// <summary>For people and load balancers: 503 while any part of the work is not done.</summary>
    public HttpPage Readyz()
    {
        List<string> reasons = [];
        foreach (var camera in telemetry.Cameras)
        {
            if (camera.Condition is CameraCondition.Opens) reasons.Add($"Camera {camera.Camera} has given no frame yet.");
            if (camera.Condition is CameraCondition.Lost) reasons.Add($"Camera {camera.Camera} is lost; it is opened again by itself.");
        }

        reasons.AddRange(telemetry.Sinks.Where(s => s.IsFailing).Select(s => $"Events to {s.Sink} wait; {outbox.Depth(s.Sink).ToString(CultureInfo.InvariantCulture)} are held."));
        if (!outbox.Status.Writable) reasons.Add("The disk takes no events; free some space.");
        if (link() is { State: not HubLinkState.Connected } away) reasons.Add(away.Reason is null ? "The link to the hub is not up yet." : $"No link to the hub: {away.Reason}");
        reasons.AddRange(Hung());
        return Page(reasons, reasons.Count == 0 ? "ready" : "not ready");
    }

    /// <summary>By what happened between two questions; the first one only looks.</summary>
    private List<string> Hung()
    {
        List<string> reasons = [];
        var now = time.GetTimestamp();
        lock (_gate)
        {
            foreach (var camera in telemetry.Cameras)
            {
                var (captured, taken) = (camera.Captured, camera.Taken);
                if (!_seen.TryGetValue(camera.Camera, out var before) || before.Taken != taken || camera.Condition is not CameraCondition.Runs)
                {
                    _seen[camera.Camera] = (captured, taken, now);
                    continue;
                }

                var since = time.GetElapsedTime(before.Since, now);
                // Two: one frame may be in the detector's hands, and another wait for it.
                if (captured > before.Captured + 2 && since >= Hanging)
                    reasons.Add($"Camera {camera.Camera} gives frames, but none was looked at for {since.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)} s.");
            }
        }

        return reasons;
    }

    private static HttpPage Page(List<string> reasons, string status) => HttpPage.Json(
        reasons.Count == 0 ? 200 : 503,
        new JsonObject { ["status"] = status, ["reasons"] = new JsonArray([.. reasons.Select(r => (JsonNode)r)]), ["version"] = Product.Version }.ToJsonString());
}
