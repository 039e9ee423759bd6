using EdgeVision.Evaluation;
using EdgeVision.Inference;
using EdgeVision.Models;

namespace EdgeVision.Module.Commands;

/// <summary>What was found in which pictures.</summary>
internal sealed record EvalRun
{
    public required AnnotatedSet Set { get; init; }

    /// <summary>Of each picture of the set.</summary>
    public required IReadOnlyList<string> Paths { get; init; }

    public required IReadOnlyList<ScoredDetection> Detections { get; init; }

    /// <summary>What was left out or does not fit, in sentences.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Null for detections from a file.</summary>
    public ModelIdentity? Model { get; init; }

    /// <summary>Null for detections from a file.</summary>
    public LabelMap? Labels { get; init; }

    /// <summary>Preprocessing, inference and postprocessing of each picture, ascending.</summary>
    public IReadOnlyList<TimeSpan> Latencies { get; init; } = [];

    /// <summary>Pictures that could not be read; they are not in <see cref="Set"/>.</summary>
    public int Unread { get; init; }

    /// <summary>Nearest rank; null without latencies.</summary>
    public TimeSpan? Latency(double quantile) => Latencies.Count == 0 ? null : Latencies[Math.Max(0, (int)Math.Ceiling(quantile * Latencies.Count) - 1)];

    public static Task<EvalRun> OfFileAsync(EvalRequest request, CancellationToken stopping)
    {
        var annotations = EvalAnnotations.Load(request, labels: null);
        stopping.ThrowIfCancellationRequested();
        var bytes = EvalFiles.Read(request.FromDetections!, "--from-detections", CocoResults.MaxBytes);
        var detections = CocoResults.Parse(bytes, request.FromDetections!, annotations.Set, out var unknown);
        return Task.FromResult(new EvalRun
        {
            Set = annotations.Set,
            Paths = annotations.Paths,
            Detections = detections,
            Notes = unknown.Count == 0
                ? annotations.Notes
                : [.. annotations.Notes, $"Left out: {Counted.Of(unknown.Values.Sum(), "detection")} of {Counted.Of(unknown.Count, "category", "categories")} that the annotations do not have (id {string.Join(", ", unknown.Keys.Order().Take(10))}{(unknown.Count > 10 ? " …" : "")})."],
        });
    }

    public static async Task<EvalRun> OfModelAsync(EvalAnnotations annotations, IDetector detector, CancellationToken stopping)
    {
        var map = new LabelMap(detector.Model.Labels, annotations.Set.Categories);
        if (!map.Any) throw NothingInCommon(detector.Model, annotations.Set);
        var look = new EvalLook(annotations, detector, map);
        await CommandProgress.ShowAsync(annotations.Paths.Count, "picture", async step =>
        {
            for (var i = 0; i < annotations.Paths.Count; i++)
            {
                await look.AtAsync(i, stopping);
                step();
            }
        });
        return look.ToRun();
    }

    private static CommandException NothingInCommon(ModelIdentity model, AnnotatedSet set) => new(
        $"Model '{model.Name}' finds {Some(model.Labels)}, the annotations know {Some([.. set.Categories.Select(static c => c.Name)])}: no name is in both; rename the categories, or take another model or other annotations.");

    internal static string Some(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(5).Select(static n => $"'{n}'")) + (names.Count > 5 ? $" and {names.Count - 5} more" : "");
}
