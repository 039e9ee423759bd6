using System.Globalization;

namespace EdgeVision.Module.Display;

/// <summary>One line a camera, for pipes and logs: the live table's figures without a terminal.</summary>
internal sealed class PlainLines(Telemetry telemetry, NodeFacts facts, TimeProvider time)
{
    private readonly Dictionary<string, RateMeter> _rates = [];

    public IEnumerable<string> Next()
    {
        var sink = telemetry.Sink(Deliveries.Mqtt);
        foreach (var camera in telemetry.Cameras)
        {
            if (!_rates.TryGetValue(camera.Camera, out var rate)) _rates[camera.Camera] = rate = new RateMeter(time);
            var fps = rate.Look(camera.Inferred) ?? camera.FramesPerSecond(time);
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{camera.Camera}: {Conditions.Describe(camera, time)}, {fps?.ToString("0.0", CultureInfo.InvariantCulture) ?? "–"} fps, {camera.Inferred} frames, {camera.Dropped} dropped, {camera.Paced} paced, {camera.Still} still, {camera.Gated} gated, {camera.Skipped} skipped, " +
                $"infer {Milliseconds.Show(camera.Infer)} ms, {camera.Events} events, outbox {facts.Outbox.Depth(sink.Sink)}, published {sink.Accepted}, " +
                $"sees {Sightings.Describe(camera, facts.Model.Labels)}");
        }
    }
}
