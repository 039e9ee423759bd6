using System.Globalization;
using EdgeVision.Frames;
using EdgeVision.Inference;
using Spectre.Console;

namespace EdgeVision.Module.Commands;

/// <summary>A table for people: one row an object, boxes in pixels.</summary>
internal sealed class DetectionTable : DetectionOutput
{
    public override void Write(string picture, Frame frame, DetectionList detections, IReadOnlyList<string> labels)
    {
        var infer = detections.Timings.Infer.TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture);
        AnsiConsole.MarkupLine($"[bold]{picture.EscapeMarkup()}[/]  [grey]{frame.Width} × {frame.Height}, {detections.Count} objects, inference {infer} ms[/]");
        if (detections.Count == 0) return;
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumns(new TableColumn("object"), new TableColumn("confidence").RightAligned());
        foreach (var side in (ReadOnlySpan<string>)["left", "top", "width", "height"]) table.AddColumn(new TableColumn(side).RightAligned());
        foreach (ref readonly var detection in detections.Span)
        {
            table.AddRow(
                labels[detection.ClassId].EscapeMarkup(), (detection.Confidence * 100).ToString("0 '%'", CultureInfo.InvariantCulture),
                Pixels(detection.Box.Left), Pixels(detection.Box.Top), Pixels(detection.Box.Width), Pixels(detection.Box.Height));
        }

        AnsiConsole.Write(table);
    }

    private static string Pixels(float pixels) => pixels.ToString("0", CultureInfo.InvariantCulture);
}
