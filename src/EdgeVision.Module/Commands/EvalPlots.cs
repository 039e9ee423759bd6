using EdgeVision.Evaluation;
using EdgeVision.Frames;
using EdgeVision.Imaging;
using EdgeVision.Imaging.Plots;

namespace EdgeVision.Module.Commands;

/// <summary><c>--plots</c>: curves and the worst mistakes as pictures.</summary>
internal static class EvalPlots
{
    /// <exception cref="CommandException">The folder cannot be made.</exception>
    public static void MakeFolder(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"Cannot make the folder '{folder}': {e.Message} Name another with --plots.", e);
        }
    }

    /// <exception cref="PictureException">A picture cannot be read or written.</exception>
    public static void Write(EvalRequest request, EvalRun run, EvaluationResult result, ThresholdProposal proposal, CancellationToken stopping)
    {
        var folder = request.Plots!;
        var title = run.Model is { } model ? $"{model.Name} {model.Version}" : Path.GetFileName(request.FromDetections!);
        var objects = result.Categories.Sum(static c => c.Count);
        PictureWriter.Save(Path.Combine(folder, "precision-recall.png"), PrecisionRecallPlot.Overall(
            result, proposal, title, $"{Counted.Of(run.Set.Images.Count, "picture")}, {Counted.Of(objects, "object")} of {Counted.Of(result.Categories.Count(static c => c.Count > 0), "class", "classes")}"));
        if (PrecisionRecallPlot.PerClass(result, title) is { } classes) PictureWriter.Save(Path.Combine(folder, "precision-recall-classes.png"), classes);
        var mistakes = WriteMistakes(folder, title, run, result, proposal, stopping);
        Console.WriteLine($"Wrote the curves and {Counted.Of(mistakes, "picture")} of mistakes, the worst, into '{folder}'.");
    }

    private static int WriteMistakes(string folder, string title, EvalRun run, EvaluationResult result, ThresholdProposal proposal, CancellationToken stopping)
    {
        var all = Mistakes.Find(run.Set, run.Detections, result, Threshold);
        var worst = Mistakes.Worst(all, EvalRequest.MaxMistakes);
        var painter = new MistakePicture(run.Set, run.Detections, Threshold);
        var (pool, pictures) = (new FramePool(), new List<byte[]>());
        foreach (var mistake in worst)
        {
            stopping.ThrowIfCancellationRequested();
            using var frame = PictureFile.Load(run.Paths[mistake.Image], pool, TimeProvider.System);
            pictures.Add(painter.Encode(mistake, frame));
            PictureWriter.Save(Path.Combine(folder, $"mistake-{pictures.Count:00}-{MistakePicture.NameOf(mistake, run.Set, run.Detections)}.jpg"), pictures[^1]);
        }

        if (pictures.Count > 0) PictureWriter.Save(Path.Combine(folder, "mistakes.jpg"), ContactSheet.Encode(Heading(title, all), pictures));
        return pictures.Count;

        // Without a proposal everything that was found is shown, which is what went wrong.
        double Threshold(int category) => proposal.Of(category) ?? 0;
    }

    private static string Heading(string title, IReadOnlyList<Mistake> mistakes)
    {
        var counts = mistakes.CountBy(static m => m.Kind).ToDictionary();
        return $"{title}: {Count(MistakeKind.Missed)} missed, {Count(MistakeKind.FalseAlarm)} false alarms, {Count(MistakeKind.WrongClass)} of the wrong class, "
            + $"{Count(MistakeKind.BadlyPlaced)} badly placed, {Count(MistakeKind.Duplicate)} found twice";

        int Count(MistakeKind kind) => counts.GetValueOrDefault(kind);
    }
}
