using System.Globalization;

namespace EdgeVision.Module.Display;

/// <summary>One line a camera, for pipes and logs: the live table's figures without a terminal.</summary>
internal sealed class PlainLines(Telemetry telemetry, NodeFacts facts, TimeProvider time)
{
    private readonly Dictionary<string, RateMeter> _rates = [];

    public IEnumerable<string> Next()
    {
        var depth = telemetry.Sinks.Max(s => (long?)facts.Outbox.Depth(s.Sink)) ?? 0;
        var hub = facts.Hub is null ? "" : string.Create(CultureInfo.InvariantCulture, $", hub {Conditions.Describe(facts.Hub.Link(), time)}, published there {telemetry.Sink(Deliveries.IotHub).Accepted}");
        foreach (var camera in telemetry.Cameras)
        {
            if (!_rates.TryGetValue(camera.Camera, out var rate)) _rates[camera.Camera] = rate = new RateMeter(time);
            var fps = rate.Look(camera.Inferred) ?? camera.FramesPerSecond(time);
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{camera.Camera}: {Conditions.Describe(camera, time)}, {fps?.ToString("0.0", CultureInfo.InvariantCulture) ?? "–"} fps, {camera.Inferred} frames, {camera.Dropped} dropped, {camera.Paced} paced, {camera.Still} still, {camera.Gated} gated, {camera.Skipped} skipped, " +
                $"infer {Milliseconds.Show(camera.Infer)} ms, {camera.Events} events, outbox {depth}, published {telemetry.Sink(Deliveries.Mqtt).Accepted}{hub}, " +
                $"sees {Sightings.Describe(camera, facts.Model.Labels)}");
        }
    }
}
