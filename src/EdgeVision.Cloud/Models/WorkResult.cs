using EdgeVision.Cloud.Protocol;

namespace EdgeVision.Cloud.Models;

/// <summary>Outputs, or a sentence.</summary>
internal readonly record struct WorkResult(WorkOutcome Outcome, IReadOnlyList<Tensor> Outputs, string Sentence)
{
    public static WorkResult Done(IReadOnlyList<Tensor> outputs) => new(WorkOutcome.Done, outputs, "");

    public static WorkResult Not(WorkOutcome outcome, string sentence) => new(outcome, [], sentence);
}
