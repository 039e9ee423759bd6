namespace EdgeVision.Evaluation;

/// <summary>How well detections agree with the truth; means are over the categories that have objects.</summary>
public sealed class EvaluationResult
{
    internal EvaluationResult(IReadOnlyList<CategoryResult> categories)
    {
        Categories = categories;
        Map = categories.Average(static c => c.Ap);
        Map50 = categories.Average(static c => c.Ap50);
        Map75 = categories.Average(static c => c.Ap75);
    }

    /// <summary>In the order of <see cref="AnnotatedSet.Categories"/>.</summary>
    public IReadOnlyList<CategoryResult> Categories { get; }

    /// <summary>Over IoU 0.50, 0.55 … 0.95, 0..1; null when no category has objects.</summary>
    public double? Map { get; }

    /// <summary>At IoU 0.50, 0..1; null when no category has objects.</summary>
    public double? Map50 { get; }

    /// <summary>At IoU 0.75, 0..1; null when no category has objects.</summary>
    public double? Map75 { get; }
}
