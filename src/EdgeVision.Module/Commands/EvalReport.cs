using System.Text.Json;
using EdgeVision.Evaluation;
using EdgeVision.Events;

namespace EdgeVision.Module.Commands;

/// <summary>The figures for scripts. Names and units are a contract; what is undefined is null.</summary>
internal static class EvalReport
{
    public static void Write(Utf8JsonWriter json, EvalRun run, EvaluationResult result, ThresholdProposal proposal)
    {
        json.WriteStartObject();
        WriteNumber(json, "map", result.Map);
        WriteNumber(json, "map50", result.Map50);
        WriteNumber(json, "map75", result.Map75);
        json.WriteNumber("images", run.Set.Images.Count);
        json.WriteStartObject("perClass");
        foreach (var category in result.Categories)
        {
            json.WriteStartObject(category.Category.Name);
            WriteNumber(json, "ap", category.Ap);
            WriteNumber(json, "ap50", category.Ap50);
            json.WriteNumber("count", category.Count);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteStartObject("latencyMs");
        WriteNumber(json, "p50", run.Latency(0.5)?.TotalMilliseconds);
        WriteNumber(json, "p99", run.Latency(0.99)?.TotalMilliseconds);
        json.WriteEndObject();
        WriteThresholds(json, result, proposal);
        WriteModel(json, run);
        json.WriteEndObject();
    }

    /// <summary>A class without one of its own is to use the global one.</summary>
    private static void WriteThresholds(Utf8JsonWriter json, EvaluationResult result, ThresholdProposal proposal)
    {
        json.WriteStartObject("thresholds");
        WriteNumber(json, "global", proposal.Global?.Threshold);
        WriteNumber(json, "f1", proposal.Global?.F1);
        json.WriteStartObject("perClass");
        for (var i = 0; i < result.Categories.Count; i++)
        {
            if (proposal.Own(i) is { } own) WriteNumber(json, result.Categories[i].Category.Name, own.Threshold);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteModel(Utf8JsonWriter json, EvalRun run)
    {
        if (run.Model is not { } model)
        {
            json.WriteNull("model");
            return;
        }

        VisionEventJson.WriteModel(json, model);
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number) json.WriteNumber(name, Math.Round(number, 6));
        else json.WriteNull(name);
    }
}
