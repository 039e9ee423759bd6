using System.CommandLine;
using EdgeVision.Frames;
using EdgeVision.Models;
using EdgeVision.Onnx;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeVision.Module.Commands;

/// <summary><c>bench</c>: what a frame costs on this machine, beside what the model alone costs.</summary>
internal static class BenchCommand
{
    private static readonly (string Word, PixelFormat Format)[] PixelFormats =
    [
        ("yuyv", PixelFormat.Yuyv), ("uyvy", PixelFormat.Uyvy), ("nv12", PixelFormat.Nv12), ("nv21", PixelFormat.Nv21), ("i420", PixelFormat.I420),
        ("mjpeg", PixelFormat.Jpeg), ("bgr24", PixelFormat.Bgr24), ("rgb24", PixelFormat.Rgb24), ("bgra", PixelFormat.Bgra32), ("rgba", PixelFormat.Rgba32),
        ("grey", PixelFormat.Grey8),
    ];

    public static Command Create()
    {
        var (model, manifest, data) = (NodeCommands.Model(), NodeCommands.Manifest(), ModelCommand.Data());
        var threads = NumberOption.Create("--threads", "N", 1, OnnxOptions.MaxThreads, "Threads that work on a frame; otherwise what `run` takes: the processors this process may use");
        var width = NumberOption.Create("--width", "W", 1, ModelInput.MaxSide, "Of the frames, pixels; 1280 without");
        var height = NumberOption.Create("--height", "H", 1, ModelInput.MaxSide, "Of the frames, pixels; 720 without");
        var pixels = new Option<string>("--pixel-format") { Description = "Of the frames", HelpName = string.Join('|', PixelFormats.Select(static p => p.Word)), DefaultValueFactory = _ => "yuyv" };
        pixels.AcceptOnlyFromAmong([.. PixelFormats.Select(static p => p.Word)]);
        var frames = NumberOption.Create("--frames", "N", BenchRun.Blocks, 1_000_000, "Frames in all; 500 without. More calm the figures");
        var report = new Option<string?>("--report") { Description = "Write the figures as JSON", HelpName = "FILE" };
        var bench = new Command("bench",
            "Measures the frame path against the model alone: by turns, in five blocks of one run; the median block is quoted. Other work on the machine shows in every figure but the ratio.")
        {
            model, manifest, threads, width, height, pixels, frames, report, data,
        };
        bench.SetAction((parsed, stopping) => RunAsync(
            new BenchRequest
            {
                Model = new ModelLocation(
                    parsed.GetValue(model) ?? EdgeVisionOptions.BundledModel, parsed.GetValue(manifest), Environment.CurrentDirectory, parsed.GetValue(data)),
                Threads = parsed.GetValue(threads) ?? 0,
                Width = parsed.GetValue(width) ?? 1280,
                Height = parsed.GetValue(height) ?? 720,
                Pixels = PixelFormats.First(p => p.Word == parsed.GetValue(pixels)).Format,
                PixelWord = parsed.GetValue(pixels)!,
                Frames = parsed.GetValue(frames) ?? 500,
                Report = parsed.GetValue(report),
            },
            stopping));
        return bench;
    }

    private static async Task<int> RunAsync(BenchRequest request, CancellationToken stopping)
    {
        var options = Configuration.OptionsReader.Defaults(OnnxOptions.Read) with { Threads = request.Threads };
        var package = request.Model.Load();
        await ModelAssumptions.PrintAsync(package);
        using var model = OnnxModel.Open(package, options, NullLogger.Instance);
        using var detector = model.CreateDetector(TimeProvider.System);
        var run = new BenchRun(request, detector);

        // Nothing else may come before: it is what a person waits for after the start.
        var startup = await run.FirstDetectionAsync(stopping);
        run.TakePictures();
        BenchFigures? figures = null;
        await CommandProgress.ShowAsync(request.Frames, "frame", async step => figures = await run.MeasureAsync(step, stopping));
        var result = figures! with { StartupToFirstDetection = startup };
        BenchReport.Show(request, model, result);
        if (request.Report is not null) ReportFile.Write(request.Report, json => BenchReport.Write(json, request, model, result));
        return ExitCode.Done;
    }
}
