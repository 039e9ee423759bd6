namespace EdgeVision.Evaluation;

/// <summary>How well one category is found.</summary>
public sealed class CategoryResult
{
    private readonly double[][]? _precision;

    internal CategoryResult(AnnotatedCategory category, int count, double[][]? precision, IReadOnlyList<RankedDetection> ranked)
    {
        (Category, Count, _precision, Ranked) = (category, count, precision, ranked);
        if (precision is null) return;
        Ap = precision.Average(static p => p.Average());
        Ap50 = precision[0].Average();
        Ap75 = precision[CocoEvaluation.Iou75].Average();
    }

    public AnnotatedCategory Category { get; }

    /// <summary>Objects that ought to be found, crowds not counted.</summary>
    public int Count { get; }

    /// <summary>Average precision over IoU 0.50, 0.55 … 0.95, 0..1; null without objects.</summary>
    public double? Ap { get; }

    /// <summary>Average precision at IoU 0.50, 0..1; null without objects.</summary>
    public double? Ap50 { get; }

    /// <summary>Average precision at IoU 0.75, 0..1; null without objects.</summary>
    public double? Ap75 { get; }

    /// <summary>Detections at IoU 0.5, best confidence first.</summary>
    public IReadOnlyList<RankedDetection> Ranked { get; }

    /// <summary>Precision at each of <see cref="CocoEvaluation.RecallPoints"/>; empty without objects.</summary>
    /// <param name="iou">Index into <see cref="CocoEvaluation.IouThresholds"/>.</param>
    public ReadOnlySpan<double> PrecisionAt(int iou) => _precision is null ? [] : _precision[iou];
}
