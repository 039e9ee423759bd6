using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace EdgeVision.Module.Display;

/// <summary>
/// What a person watches: cameras, stages, delivery, the last log lines. On a small terminal the cameras stay and the notes go, the least
/// important first: more lines than the terminal has would push the cameras out of sight.
/// </summary>
internal sealed class LiveTable(Telemetry telemetry, NodeFacts facts, LogTail log, TimeProvider time)
{
    private readonly CameraTable _cameras = new(() => facts.Model.Labels, time);

    /// <param name="width">Cells of the terminal.</param>
    /// <param name="height">Its lines; the last stays free for the cursor.</param>
    public IRenderable Render(int width, int height)
    {
        var cameras = telemetry.Cameras.ToList();
        var free = height - 1 - CameraTable.FrameLines;
        var rows = Math.Clamp(cameras.Count, 1, Math.Max(1, free));
        free -= rows;
        if (rows < cameras.Count && rows > 1) rows--;     // its line says how many there are

        var lines = log.Lines;
        // In the order of their worth.
        var delivery = Take(1);
        var hub = Take(facts.Hub is null ? 0 : 1);
        var head = Take(1);
        var newest = Take(Math.Min(1, lines.Count));
        var watch = Take(1);
        var end = Take(1);
        var caption = Take(1);
        var older = Take(lines.Count - newest);
        var (above, below) = (Take(1), Take(1));

        var table = _cameras.Of(cameras, width, rows);
        if (rows < cameras.Count) table.Title($"{rows} of {cameras.Count} cameras", new Style(Color.Grey));
        else if (caption > 0) table.Caption("median of each stage in ms", new Style(Color.Grey));

        return new Rows(
        [
            .. Some(above, Text.Empty),
            .. Some(head, Head(width)),
            table,
            .. Some(delivery, Delivery(new OneLine(width).Add(" MQTT ").Add(facts.Broker, "bold"), telemetry.Sink(Deliveries.Mqtt))),
            .. Some(hub, Hub(width)),
            .. Some(below, Text.Empty),
            .. Some(watch, new OneLine(width).Add(" Watch the events:  ").Add(facts.Subscribe, "bold green").Line),
            .. Some(end, new OneLine(width).Add(" Ctrl-C ends.", "grey").Line),
            .. lines.TakeLast(newest + older).Select(line => new OneLine(width).Add($" {line.ReplaceLineEndings(" ")}", "grey").Line),
        ]);

        int Take(int wanted)
        {
            var taken = Math.Clamp(free, 0, wanted);
            free -= taken;
            return taken;
        }

        static IEnumerable<IRenderable> Some(int count, IRenderable line) => Enumerable.Repeat(line, count);
    }

    private IRenderable Head(int width) => new OneLine(width)
        .Add(" EdgeVision", "bold deepskyblue1").Add($" {Product.Version}   node ").Add(facts.Node, "bold").Add("   model ").Add(facts.Model.Name, "bold").Add($" {facts.Model.Version}").Line;

    private IRenderable Hub(int width)
    {
        if (facts.Hub is not { } hub) return Text.Empty;
        var link = hub.Link();
        var line = new OneLine(width).Add(" Hub  ").Add(hub.Host, "bold").Add($" {Conditions.Describe(link, time)}", Conditions.Colour(link));
        return Delivery(line, telemetry.Sink(Deliveries.IotHub));
    }

    private IRenderable Delivery(OneLine line, SinkTelemetry sink)
    {
        line.Add("   published ").Add(Count(sink.Accepted), "bold").Add("   outbox ").Add(Count(facts.Outbox.Depth(sink.Sink)), "bold");
        if (sink.Retries > 0) line.Add($"   retries {Count(sink.Retries)}", "yellow");
        if (sink.Rejected > 0) line.Add($"   rejected {Count(sink.Rejected)}", "red");
        return line.Add("   capture → acknowledged p50 ").Add(Milliseconds.Show(sink.Latency), "bold").Add(" p99 ").Add(Milliseconds.Show(sink.Latency, 0.99), "bold").Add(" ms").Line;
    }

    private static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
