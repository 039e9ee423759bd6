using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace EdgeVision.Module.Display;

/// <summary>What a person watches: cameras, stages, delivery, the last log lines.</summary>
internal sealed class LiveTable(Telemetry telemetry, NodeFacts facts, LogTail log, TimeProvider time)
{
    private readonly Dictionary<string, RateMeter> _rates = [];

    public IRenderable Render() => new Rows(
        Text.Empty,
        new Markup($" [bold deepskyblue1]EdgeVision[/] {Product.Version.EscapeMarkup()}   node [bold]{facts.Node.EscapeMarkup()}[/]   model [bold]{facts.Model.Name.EscapeMarkup()}[/] {facts.Model.Version.EscapeMarkup()}"),
        Cameras(),
        Delivery(),
        new Markup($" Watch the events:  [bold green]{facts.Subscribe.EscapeMarkup()}[/]"),
        new Markup(" [grey]Ctrl-C ends.[/]"),
        new Rows(log.Lines.Select(line => new Markup($" [grey]{line.EscapeMarkup()}[/]"))));

    private Table Cameras()
    {
        var table = new Table().Border(TableBorder.Rounded).BorderColor(Color.Grey);
        table.AddColumns(
            Column("camera", left: true), Column("fps"), Column("frames"), Column("dropped"), Column("wait"), Column("decode"), Column("pre"), Column("infer"), Column("post"),
            Column("events"), Column("sees", left: true));
        foreach (var camera in telemetry.Cameras)
        {
            if (!_rates.TryGetValue(camera.Camera, out var rate)) _rates[camera.Camera] = rate = new RateMeter(time);
            table.AddRow(
                Cell(camera.Camera, "bold"),
                Cell(rate.Look(camera.Inferred)?.ToString("0.0", CultureInfo.InvariantCulture) ?? "–", "green"),
                Cell(Count(camera.Inferred)),
                Cell(Count(camera.Dropped), camera.Dropped > 0 ? "yellow" : "grey"),
                Cell(Milliseconds.Show(camera.Wait), "grey"),
                Cell(Milliseconds.Show(camera.Decode), "grey"),
                Cell(Milliseconds.Show(camera.Preprocess), "grey"),
                Cell(Milliseconds.Show(camera.Infer)),
                Cell(Milliseconds.Show(camera.Postprocess), "grey"),
                Cell(Count(camera.Events)),
                Cell(Sightings.Describe(camera, facts.Model.Labels), "deepskyblue1"));
        }

        return table.Caption("median of each stage in ms", new Style(Color.Grey));
    }

    private Markup Delivery()
    {
        var sink = telemetry.Sink(Deliveries.Mqtt);
        return new Markup(
            $" MQTT [bold]{facts.Broker.EscapeMarkup()}[/]   published [bold]{Count(sink.Accepted)}[/]   outbox [bold]{Count(facts.Outbox.Depth(sink.Sink))}[/]" +
            $"   capture → acknowledged p50 [bold]{Milliseconds.Show(sink.Latency)}[/] p99 [bold]{Milliseconds.Show(sink.Latency, 0.99)}[/] ms" +
            (sink.Retries > 0 ? $"   [yellow]retries {Count(sink.Retries)}[/]" : "") + (sink.Rejected > 0 ? $"   [red]rejected {Count(sink.Rejected)}[/]" : "") + "\n");
    }

    private static TableColumn Column(string name, bool left = false)
    {
        var column = new TableColumn(new Markup($"[grey]{name}[/]"));
        return left ? column.LeftAligned() : column.RightAligned();
    }

    private static Markup Cell(string text, string style = "default") => new($"[{style}]{text.EscapeMarkup()}[/]");

    private static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
