using System.CommandLine;
using EdgeVision.Capture;
using EdgeVision.Capture.Gpio;
using EdgeVision.Configuration;
using EdgeVision.Frames;
using EdgeVision.Imaging;
using EdgeVision.Onnx;
using EdgeVision.Outputs;
using EdgeVision.Triggers;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeVision.Module.Commands;

/// <summary><c>gpio latency</c>: from the edge of a photo-eye to the frame, the end of detection and the output line, on the hardware at hand.</summary>
internal static class GpioLatencyCommand
{
    public static Command Create()
    {
        var camera = new Option<string>("--camera") { Description = "The camera, as `run` takes it", HelpName = "URI", Required = true };
        var trigger = LineOption("--trigger", "Line that pulses: chip and number or name, as in gpio list");
        trigger.Required = true;
        var output = LineOption("--output", "Line that is switched on after detection and off again");
        var activeLow = new Option<bool>("--active-low") { Description = "The trigger is active at low voltage" };
        var edge = new Option<string>("--edge") { Description = "Which change of the trigger is a pulse", HelpName = "rising|falling|both", DefaultValueFactory = _ => "rising" };
        edge.AcceptOnlyFromAmong("rising", "falling", "both");
        var pulses = NumberOption.Create("--pulses", "N", 1L, 1_000_000L, "End after so many; 100 without");
        var (model, manifest, data) = (NodeCommands.Model(), NodeCommands.Manifest(), ModelCommand.Data());
        var report = new Option<string?>("--report") { Description = "Write the figures as JSON", HelpName = "FILE" };
        var latency = new Command("latency", "Waits for pulses and measures from the kernel's stamp of each edge: to the begin of the frame's exposure, to the frame, to the end of detection, to the output line. Ends after --pulses or by Ctrl-C.")
        {
            camera, trigger, output, edge, activeLow, pulses, model, manifest, report, data,
        };
        latency.SetAction((parsed, stopping) => RunAsync(
            parsed.GetValue(camera)!,
            Line(parsed.GetValue(trigger)!) with { ActiveLow = parsed.GetValue(activeLow) },
            parsed.GetValue(edge) switch { "falling" => LineEdge.Falling, "both" => LineEdge.Both, _ => LineEdge.Rising },
            parsed.GetValue(output),
            parsed.GetValue(pulses) ?? 100,
            new ModelLocation(parsed.GetValue(model) ?? EdgeVisionOptions.BundledModel, parsed.GetValue(manifest), Environment.CurrentDirectory, parsed.GetValue(data)),
            parsed.GetValue(report),
            stopping));
        return latency;
    }

    private static async Task<int> RunAsync(
        string camera, GpioLineOptions trigger, LineEdge edge, string? output, long pulses, ModelLocation location, string? report, CancellationToken stopping)
    {
        if (!CameraUri.TryParse(camera, Environment.CurrentDirectory, out var uri, out var error)) throw new CommandException($"--camera: {error}");
        var time = TimeProvider.System;
        var package = location.Load();
        await ModelAssumptions.PrintAsync(package);
        using var model = OnnxModel.Open(package, OptionsReader.Defaults(OnnxOptions.Read), NullLogger.Instance);
        using var detector = model.CreateDetector(time);
        var gpio = new GpioLines(NullLogger.Instance);
        using var line = output is null ? null : gpio.OpenOutput(new GpioOutputOptions { Line = Line(output).Line });
        var pool = new FramePool(retained: 13);
        using var source = FrameSources.Open(uri, pool, time);
        var run = new LatencyRun(source, () => gpio.OpenTrigger(trigger, edge, time), detector, new JpegDecoder(pool).TryDecode, line, pool, time);
        var figures = new LatencyReport(Console.Out);
        await Console.Error.WriteLineAsync($"Waiting for {pulses} pulses on {trigger.Line}; Ctrl-C ends earlier.");
        figures.Head();
        await run.RunAsync(pulses, figures.Add, figures.AddUnanswered, stopping);
        figures.Summarise();
        if (report is not null) ReportFile.Write(report, figures.WriteTo);
        return ExitCode.Done;
    }

    private static Option<string?> LineOption(string name, string description)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = "LINE" };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && !GpioLineName.TryParse(result.Tokens[0].Value, out _, out var wrong)) result.AddError($"{name} '{result.Tokens[0].Value}' {wrong}.");
        });
        return option;
    }

    private static GpioLineOptions Line(string text) => new() { Line = GpioLineName.TryParse(text, out var line, out _) ? line : default };
}
