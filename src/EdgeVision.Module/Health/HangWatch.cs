using System.Globalization;
using EdgeVision.Azure.Hub;
using EdgeVision.Delivery;

namespace EdgeVision.Module.Health;

/// <summary>
/// Looks for loops that do not turn any more, by what happened between two looks; the first one only looks. What waits for something outside, a cable, a
/// disk, a broker, turns: it tries again, and each wait has an end.
/// </summary>
internal sealed class HangWatch(Telemetry telemetry, Outbox outbox, Func<HubLinkStatus?> link, TimeProvider time)
{
    /// <summary>A camera whose frames nobody takes for so long has a loop that hangs: the slowest model on the slowest board is done in a few seconds.</summary>
    private static readonly TimeSpan OfCameras = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Each attempt of a sink or a link has an end of its own: 120 s for the slowest connect and acknowledgement that can be configured, and a batch has many
    /// of those when a line is slow.
    /// </summary>
    private static readonly TimeSpan OfLinks = TimeSpan.FromMinutes(30);

    /// <summary>One frame may be in the detector's hands, and another wait for it.</summary>
    private const int FramesOnTheirWay = 2;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (long Taken, long Offered, long? Since)> _cameras = new(StringComparer.Ordinal);
    private (HubLinkStatus Status, long Since)? _link;

    /// <summary>What hangs, a sentence each.</summary>
    public List<string> Look()
    {
        List<string> reasons = [];
        lock (_gate)
        {
            if (outbox.Status.IsOver) reasons.Add("The outbox's writer has ended: no event is kept any more.");
            foreach (var camera in telemetry.Cameras)
                if (Stalled(camera) is { } since && since >= OfCameras) reasons.Add($"Camera {camera.Camera} gives frames, but none was looked at for {Seconds(since)} s.");
            foreach (var sink in telemetry.Sinks)
                if (sink.SendingFor(time) is { } since && since >= OfLinks) reasons.Add($"Events were handed to {sink.Sink} {Seconds(since)} s ago, and it has said neither yes nor no.");
            if (Unchanged() is { } still && still >= OfLinks) reasons.Add($"The link to the hub has not been tried again for {Seconds(still)} s.");
        }

        return reasons;
    }

    /// <summary>How long frames have come that its loop did not take; null when it takes them, or none come.</summary>
    private TimeSpan? Stalled(CameraTelemetry camera)
    {
        var now = time.GetTimestamp();
        // Those that the rate cap leaves out are nobody's to take.
        var (taken, offered) = (camera.Taken, camera.Captured - camera.Paced);
        // While the disk refuses events, their cameras wait for it on purpose.
        var mayWait = camera.Condition is not CameraCondition.Runs || !outbox.Status.Writable;
        if (mayWait || !_cameras.TryGetValue(camera.Camera, out var before) || before.Taken != taken)
        {
            _cameras[camera.Camera] = (taken, offered, null);
            return null;
        }

        if (offered <= before.Offered + FramesOnTheirWay) return null;
        // From the look that saw it first: how long ago the frames came, after an hour without a look, nobody knows.
        if (before.Since is null) _cameras[camera.Camera] = before = before with { Since = now };
        return time.GetElapsedTime(before.Since!.Value, now);
    }

    /// <summary>How long a link that is not up has said the same; null when it is up. By this clock, for the other one is set now and then.</summary>
    private TimeSpan? Unchanged()
    {
        var (status, now) = (link(), time.GetTimestamp());
        if (status is null or { State: HubLinkState.Connected })
        {
            _link = null;
            return null;
        }

        if (_link is not { } before || before.Status != status) _link = before = (status, now);
        return time.GetElapsedTime(before.Since, now);
    }

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0", CultureInfo.InvariantCulture);
}
