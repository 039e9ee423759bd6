namespace EdgeVision.Evaluation;

/// <summary>F1, the harmonic mean of precision and recall, of each confidence threshold at IoU 0.5.</summary>
public sealed class F1Curve
{
    /// <summary>Thresholds are looked for in hundredths: finer ones would follow the noise of single detections, and nobody could remember them.</summary>
    public const int Steps = 100;

    private F1Curve(IReadOnlyList<F1Point> points)
    {
        Points = points;
        Best = BestOf(points);
    }

    /// <summary>Thresholds 0.01, 0.02 … 0.99.</summary>
    public IReadOnlyList<F1Point> Points { get; }

    /// <summary>The largest F1; in the middle of a plateau, where both neighbours are as good. Null when no threshold finds anything right.</summary>
    public F1Point? Best { get; }

    public static F1Curve Of(CategoryResult category)
    {
        ArgumentNullException.ThrowIfNull(category);
        return Of(category.Ranked, category.Count);
    }

    /// <summary>All categories as one: a single threshold for a whole model.</summary>
    public static F1Curve Of(EvaluationResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return Of(result.Categories.SelectMany(static c => c.Ranked), result.Categories.Sum(static c => c.Count));
    }

    private static F1Curve Of(IEnumerable<RankedDetection> ranked, int count)
    {
        // Raising the threshold only takes away the last of a ranking: the greedy matching of those before does not change.
        var (right, wrong) = (new int[Steps], new int[Steps]);
        foreach (var detection in ranked)
        {
            for (var step = 1; step < Steps && detection.Confidence >= Threshold(step); step++)
            {
                if (detection.IsTruePositive) right[step]++;
                else if (detection.IsFalsePositive) wrong[step]++;
            }
        }

        return new F1Curve([.. Enumerable.Range(1, Steps - 1).Select(step => Point(Threshold(step), right[step], wrong[step], count))]);
    }

    private static F1Point? BestOf(IReadOnlyList<F1Point> points)
    {
        var largest = points.Max(static p => p.F1);
        if (largest <= 0) return null;
        var first = points.TakeWhile(p => p.F1 < largest).Count();
        var plateau = points.Skip(first).TakeWhile(p => p.F1 == largest).Count();
        return points[first + ((plateau - 1) / 2)];
    }

    private static double Threshold(int step) => (double)step / Steps;

    private static F1Point Point(double threshold, int right, int wrong, int count) => new(
        threshold,
        right + wrong == 0 ? 0 : (double)right / (right + wrong),
        count == 0 ? 0 : (double)right / count,
        right + wrong + count == 0 ? 0 : 2.0 * right / (right + wrong + count));
}
