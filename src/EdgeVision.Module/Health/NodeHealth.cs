using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeVision.Azure.Hub;
using EdgeVision.Delivery;

namespace EdgeVision.Module.Health;

/// <summary>
/// Whether the process is alive, in the sense that a restart would not make it better, and whether it does all of its work. They are two questions: a
/// camera that is unplugged, a disk that is full or a hub that is away is no reason to kill the node that waits for them.
/// </summary>
internal sealed class NodeHealth(Telemetry telemetry, Outbox outbox, Func<HubLinkStatus?> link, TimeProvider time)
{
    // People read it in terminals, no browser does: quotes stay what they are.
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly HangWatch _hangs = new(telemetry, outbox, link, time);

    /// <summary>For restarts: 503 only for what one would mend.</summary>
    public HttpPage Healthz()
    {
        var reasons = _hangs.Look();
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
        reasons.AddRange(_hangs.Look());
        return Page(reasons, reasons.Count == 0 ? "ready" : "not ready");
    }

    private static HttpPage Page(List<string> reasons, string status) => HttpPage.Json(
        reasons.Count == 0 ? 200 : 503,
        new JsonObject { ["status"] = status, ["reasons"] = new JsonArray([.. reasons.Select(r => (JsonNode)r)]), ["version"] = Product.Version }.ToJsonString(Readable));
}
