using System.Globalization;
using System.Text.Json;
using EdgeVision.Events;
using EdgeVision.Onnx;
using Spectre.Console;

namespace EdgeVision.Module.Commands;

/// <summary>What <c>bench</c> prints for people and writes for scripts. Names and units in the file are a contract.</summary>
internal static class BenchReport
{
    public static void Show(BenchRequest request, OnnxModel model, BenchFigures figures)
    {
        AnsiConsole.MarkupLine($"[bold]{$"{model.Package.Manifest.Name} {model.Package.Manifest.Version}".EscapeMarkup()}[/]  [grey]{request.Frames} frames of {request.Width} × {request.Height} {request.PixelWord}, {model.Threads} threads[/]");
        var table = new Table().Border(TableBorder.Simple).AddColumn("").AddColumn(new TableColumn("p50").RightAligned()).AddColumn(new TableColumn("p99").RightAligned());
        table.AddRow("model alone", Ms(figures.SessionRun.P50), Ms(figures.SessionRun.P99));
        table.AddRow("whole frame", Ms(figures.Frame.P50), Ms(figures.Frame.P99));
        table.AddRow("  preprocess", Us(figures.Preprocess), "");
        table.AddRow("  decode and NMS", Us(figures.Postprocess), "");
        AnsiConsole.Write(table);
        AnsiConsole.MarkupLine(Text($"whole frame ÷ model alone [bold]{figures.OverheadRatio:0.000}[/]  [grey](blocks {string.Join(", ", figures.Ratios.Select(static r => Text($"{r:0.000}")))})[/]"));
        AnsiConsole.MarkupLine(Text($"{figures.AllocatedBytesPerFrame:0} bytes allocated a frame, peak memory {figures.PeakRssMiB:0} MiB, first detection {figures.StartupToFirstDetection.TotalMilliseconds:0} ms after the start"));
    }

    public static void Write(Utf8JsonWriter json, BenchRequest request, OnnxModel model, BenchFigures figures)
    {
        json.WriteStartObject();
        WriteSpread(json, "sessionRunMs", figures.SessionRun);
        WriteSpread(json, "frameMs", figures.Frame);
        json.WriteNumber("overheadRatio", Math.Round(figures.OverheadRatio, 4));
        json.WriteStartArray("overheadRatios");
        foreach (var ratio in figures.Ratios) json.WriteNumberValue(Math.Round(ratio, 4));
        json.WriteEndArray();
        WriteP50(json, "preprocessUs", figures.Preprocess);
        WriteP50(json, "postprocessUs", figures.Postprocess);
        json.WriteNumber("allocatedBytesPerFrame", Math.Round(figures.AllocatedBytesPerFrame, 1));
        if (figures.PeakRssMiB is { } rss) json.WriteNumber("peakRssMiB", Math.Round(rss, 1));
        else json.WriteNull("peakRssMiB");
        json.WriteNumber("startupToFirstDetectionMs", Math.Round(figures.StartupToFirstDetection.TotalMilliseconds, 1));
        json.WriteNumber("frames", request.Frames);
        json.WriteNumber("width", request.Width);
        json.WriteNumber("height", request.Height);
        json.WriteString("pixelFormat", request.PixelWord);
        json.WriteNumber("threads", model.Threads);
        VisionEventJson.WriteModel(json, model.Package.Identity);
        json.WriteEndObject();
    }

    private static void WriteSpread(Utf8JsonWriter json, string name, BenchFigures.Spread spread)
    {
        json.WriteStartObject(name);
        json.WriteNumber("p50", Math.Round(spread.P50.TotalMilliseconds, 3));
        json.WriteNumber("p99", Math.Round(spread.P99.TotalMilliseconds, 3));
        json.WriteEndObject();
    }

    private static void WriteP50(Utf8JsonWriter json, string name, TimeSpan p50)
    {
        json.WriteStartObject(name);
        json.WriteNumber("p50", Math.Round(p50.TotalMicroseconds, 1));
        json.WriteEndObject();
    }

    private static string Ms(TimeSpan time) => Text($"{time.TotalMilliseconds:0.00} ms");

    private static string Us(TimeSpan time) => Text($"{time.TotalMicroseconds:0} µs");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
