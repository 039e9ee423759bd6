using System.CommandLine;
using EdgeVision.Evaluation;
using EdgeVision.Inference;
using EdgeVision.Models;
using EdgeVision.Onnx;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeVision.Module.Commands;

/// <summary><c>eval</c>: how well a model finds what people have marked, on this machine.</summary>
internal static class EvalCommand
{
    /// <summary>As the references: precision and recall are of all thresholds, so nearly everything has to be seen.</summary>
    private const float LowConfidence = 0.01f;

    public static Command Create()
    {
        var images = new Option<string>("--images") { Description = "Folder of the pictures", HelpName = "DIR", Required = true };
        var annotations = new Option<string>("--annotations") { Description = "What is in them: a COCO JSON file, or a folder of YOLO text labels (class cx cy width height)", HelpName = "FILE|DIR", Required = true };
        var (model, manifest, data) = (NodeCommands.Model(), NodeCommands.Manifest(), ModelCommand.Data());
        var from = new Option<string?>("--from-detections") { Description = "Score these COCO results instead of running a model", HelpName = "FILE" };
        var report = new Option<string?>("--report") { Description = "Write the figures as JSON", HelpName = "FILE" };
        var detections = new Option<string?>("--detections") { Description = "Write what was found as COCO results", HelpName = "FILE" };
        var plots = new Option<string?>("--plots") { Description = "Write precision-recall curves and pictures of the worst mistakes into this folder", HelpName = "DIR" };
        var write = new Option<bool>("--write-thresholds") { Description = "Set the thresholds of best F1 in the package's model.json; the rest of the file stays as it is" };
        var eval = new Command("eval",
            "Measures a model on annotated pictures: COCO average precision, latency, and the confidence thresholds of best F1.")
        {
            images, annotations, model, manifest, from, report, detections, plots, write, data,
        };
        eval.Validators.Add(parsed =>
        {
            if (parsed.GetResult(from) is null) return;
            if (parsed.GetResult(model) is not null) parsed.AddError("--from-detections takes no --model: the detections are already there. Leave one out.");
            if (parsed.GetResult(write) is not null) parsed.AddError("--from-detections takes no --write-thresholds: thresholds are written into a model's package. Name one with --model instead.");
        });
        eval.SetAction((parsed, stopping) => RunAsync(
            new EvalRequest
            {
                Images = parsed.GetValue(images)!,
                Annotations = parsed.GetValue(annotations)!,
                Model = new ModelLocation(
                    parsed.GetValue(model) ?? EdgeVisionOptions.BundledModel, parsed.GetValue(manifest), Environment.CurrentDirectory, parsed.GetValue(data)),
                FromDetections = parsed.GetValue(from),
                Report = parsed.GetValue(report),
                Detections = parsed.GetValue(detections),
                Plots = parsed.GetValue(plots),
                WriteThresholds = parsed.GetValue(write),
            },
            stopping));
        return eval;
    }

    private static async Task<int> RunAsync(EvalRequest request, CancellationToken stopping)
    {
        // Mistakes that would cost the work are found before it.
        if (request.WriteThresholds) EvalThresholds.Check(request.Model.Find());
        if (request.Plots is not null) EvalPlots.MakeFolder(request.Plots);
        var run = request.FromDetections is null ? await DetectAsync(request, stopping) : await EvalRun.OfFileAsync(request, stopping);
        foreach (var note in run.Notes) await Console.Error.WriteLineAsync(note);

        var result = CocoEvaluation.Evaluate(run.Set, run.Detections);
        var proposal = ThresholdProposal.Propose(result);
        EvalTable.Show(run, result, proposal);
        if (request.Detections is not null) EvalFiles.Write(request.Detections, json => CocoResults.Write(json, run.Set, run.Detections));
        if (request.Plots is not null) EvalPlots.Write(request, run, result, proposal, stopping);
        if (request.Report is not null) ReportFile.Write(request.Report, json => EvalReport.Write(json, run, result, proposal));
        // Last, because it refuses figures that the report shows.
        if (request.WriteThresholds) EvalThresholds.Write(request.Model.Find(), run, result, proposal);
        return run.Unread == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    private static async Task<EvalRun> DetectAsync(EvalRequest request, CancellationToken stopping)
    {
        var package = request.Model.Load();
        await ModelAssumptions.PrintAsync(package);
        using var model = OnnxModel.Open(package, Configuration.OptionsReader.Defaults(OnnxOptions.Read), NullLogger.Instance);
        using var detector = model.CreateDetector(TimeProvider.System, new DetectorOptions { ConfidenceThreshold = LowConfidence });
        var annotations = EvalAnnotations.Load(request, model.Package.Labels);
        return await EvalRun.OfModelAsync(annotations, detector, stopping);
    }
}
