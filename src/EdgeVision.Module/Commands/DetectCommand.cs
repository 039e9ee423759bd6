using System.CommandLine;
using EdgeVision.Frames;
using EdgeVision.Imaging;
using EdgeVision.Inference;
using EdgeVision.Onnx;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeVision.Module.Commands;

/// <summary><c>detect</c>: objects in pictures, as a table, as JSON lines, or drawn on them.</summary>
internal static class DetectCommand
{
    public static Command Create()
    {
        var pictures = new Argument<string[]>("IMAGE") { Description = "JPEG or PNG files, or folders of them", Arity = ArgumentArity.OneOrMore };
        var (model, manifest) = (NodeCommands.Model(), NodeCommands.Manifest());
        var format = new Option<string>("--format") { Description = "table, or json: one object a line", HelpName = "table|json", DefaultValueFactory = _ => "table" };
        format.AcceptOnlyFromAmong("table", "json");
        var save = new Option<string?>("--save") { Description = "Write the pictures with their boxes into this folder", HelpName = "DIR" };
        var data = ModelCommand.Data();
        var confidence = NumberOption.Create("--confidence", "0..1", 0f, 1f, "Least confidence; otherwise what the model's manifest says");
        var detect = new Command("detect",
            "Finds objects in pictures. A picture that cannot be read is named on stderr and the others go on; the exit code is then 1.")
        {
            pictures, model, manifest, format, save, confidence, data,
        };
        detect.SetAction((parsed, stopping) => RunAsync(
            PictureArguments.Expand(parsed.GetValue(pictures)!),
            new ModelLocation(parsed.GetValue(model) ?? EdgeVisionOptions.BundledModel, parsed.GetValue(manifest), Environment.CurrentDirectory, parsed.GetValue(data)),
            parsed.GetValue(format) == "json" ? new DetectionLines() : new DetectionTable(),
            parsed.GetValue(save),
            parsed.GetValue(confidence),
            stopping));
        return detect;
    }

    private static async Task<int> RunAsync(
        IReadOnlyList<string> pictures, ModelLocation location, DetectionOutput output, string? save, float? confidence, CancellationToken stopping)
    {
        var package = location.Load();
        await ModelAssumptions.PrintAsync(package);
        using var model = OnnxModel.Open(package, Configuration.OptionsReader.Defaults(OnnxOptions.Read), NullLogger.Instance);
        using var detector = model.CreateDetector(TimeProvider.System, new DetectorOptions { ConfidenceThreshold = confidence });
        var (pool, detections) = (new FramePool(), new DetectionList());
        var annotated = save is null ? null : new AnnotatedFolder(save, pictures, model.Package.Identity.Labels);
        var failed = 0;
        foreach (var picture in pictures)
        {
            stopping.ThrowIfCancellationRequested();
            try
            {
                using var frame = PictureFile.Load(picture, pool, TimeProvider.System);
                detections.Clear();
                var status = await detector.DetectAsync(frame, detections, stopping);
                if (status is not DetectionStatus.Ok) throw new PictureException($"'{picture}': the detector answered {status}; try another picture or the bundled model.");
                output.Write(picture, frame, detections, model.Package.Identity.Labels);
                annotated?.Save(picture, frame, detections.Span);
            }
            catch (PictureException e)
            {
                failed++;
                await Console.Error.WriteLineAsync(e.Message);
            }
        }

        output.End();
        // On stderr: stdout belongs to the table or the JSON lines.
        if (annotated is not null && failed < pictures.Count)
            await Console.Error.WriteLineAsync($"{Counted.Of(pictures.Count - failed, "picture")} with boxes written to '{Path.GetFullPath(save!)}'.");
        return failed == 0 ? ExitCode.Done : ExitCode.Failed;
    }
}
