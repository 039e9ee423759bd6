namespace EdgeVision.Evaluation;

/// <summary>Confidence thresholds of best F1 at IoU 0.5: one for the model, and one for each category that has enough objects to tell.</summary>
public sealed class ThresholdProposal
{
    /// <summary>
    /// With fewer objects the best threshold of a category is luck: one object more or less moves the F1 of 20 by a twentieth, about what the
    /// choice between two neighbouring thresholds is worth.
    /// </summary>
    public const int LeastObjects = 20;

    private readonly F1Point?[] _own;

    private ThresholdProposal(F1Curve curve, F1Point?[] own) => (Curve, _own) = (curve, own);

    /// <summary>Of all categories together.</summary>
    public F1Curve Curve { get; }

    /// <summary>For the whole model; null when nothing was found right at any threshold.</summary>
    public F1Point? Global => Curve.Best;

    /// <summary>The category's own; null where it has too few objects, or none was found right, and the global one is to be taken.</summary>
    /// <param name="category">Index into <see cref="EvaluationResult.Categories"/>.</param>
    public F1Point? Own(int category) => _own[category];

    /// <summary>The threshold to use; null when there is not even a global one.</summary>
    /// <param name="category">Index into <see cref="EvaluationResult.Categories"/>.</param>
    public double? Of(int category) => (_own[category] ?? Global)?.Threshold;

    public static ThresholdProposal Propose(EvaluationResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return new ThresholdProposal(F1Curve.Of(result), [.. result.Categories.Select(static c => c.Count < LeastObjects ? null : F1Curve.Of(c).Best)]);
    }
}
