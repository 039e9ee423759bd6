using System.Globalization;
using EdgeVision.Evaluation;
using Spectre.Console;

namespace EdgeVision.Module.Commands;

/// <summary>The figures for people: a row a class that has objects, those with most objects first.</summary>
internal static class EvalTable
{
    public static void Show(EvalRun run, EvaluationResult result, ThresholdProposal proposal)
    {
        var order = Enumerable.Range(0, result.Categories.Count).Where(i => result.Categories[i].Count > 0)
            .OrderByDescending(i => result.Categories[i].Count).ThenBy(i => result.Categories[i].Category.Name, StringComparer.Ordinal).ToArray();
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumn("class");
        foreach (var column in (ReadOnlySpan<string>)["objects", "AP", "AP50", "threshold"]) table.AddColumn(new TableColumn(column).RightAligned());
        foreach (var i in order)
        {
            var category = result.Categories[i];
            table.AddRow(
                category.Category.Name.EscapeMarkup(), category.Count.ToString(CultureInfo.InvariantCulture), Figure(category.Ap), Figure(category.Ap50),
                proposal.Own(i) is { } own ? Threshold(own.Threshold) : $"[grey]({Threshold(proposal.Of(i))})[/]");
        }

        AnsiConsole.MarkupLine($"[bold]{(run.Model is { } model ? $"{model.Name} {model.Version}" : "detections from a file").EscapeMarkup()}[/]  [grey]{Counted.Of(run.Set.Images.Count, "picture")}, {Counted.Of(result.Categories.Sum(static c => c.Count), "object")} of {Counted.Of(order.Length, "class", "classes")}[/]");
        AnsiConsole.Write(table);
        AnsiConsole.MarkupLine($"mAP [bold]{Figure(result.Map)}[/]   mAP50 [bold]{Figure(result.Map50)}[/]   mAP75 [bold]{Figure(result.Map75)}[/]" + Latency(run));
        AnsiConsole.MarkupLine(Proposal(result, proposal));
    }

    private static string Latency(EvalRun run) => run.Latency(0.5) is not { } p50 ? "" : string.Create(
        CultureInfo.InvariantCulture, $"   latency p50 [bold]{p50.TotalMilliseconds:0.0}[/] p99 [bold]{run.Latency(0.99)!.Value.TotalMilliseconds:0.0}[/] ms");

    private static string Proposal(EvaluationResult result, ThresholdProposal proposal)
    {
        if (proposal.Global is not { } global) return "No threshold can be proposed: nothing was found right at any confidence.";
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"Best F1 at IoU 0.5: [bold]{global.F1:0.000}[/] with threshold [bold]{Threshold(global.Threshold)}[/] (precision {global.Precision:0.00}, recall {global.Recall:0.00}).");
        var few = Enumerable.Range(0, result.Categories.Count).Count(i => result.Categories[i].Count > 0 && proposal.Own(i) is null);
        return few == 0 ? text : $"{text} In brackets, the same: {Counted.Of(few, "class", "classes")} with fewer than {ThresholdProposal.LeastObjects} objects, too few for a threshold of their own.";
    }

    private static string Figure(double? figure) => figure?.ToString("0.000", CultureInfo.InvariantCulture) ?? "–";

    private static string Threshold(double? threshold) => threshold?.ToString("0.00", CultureInfo.InvariantCulture) ?? "–";
}
