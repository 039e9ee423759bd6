namespace EdgeVision.Evaluation;

/// <summary>F1, the harmonic mean of precision and recall, of each confidence threshold at IoU 0.5.</summary>
public sealed class F1Curve
{
    private F1Curve(IReadOnlyList<F1Point> points, F1Point? best) => (Points, Best) = (points, best);

    /// <summary>One for each confidence at which anything changes, highest threshold first.</summary>
    public IReadOnlyList<F1Point> Points { get; }

    /// <summary>The highest threshold of the largest F1; null when no threshold finds anything right.</summary>
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
        return Of([.. result.Categories.SelectMany(static c => c.Ranked).OrderByDescending(static r => r.Confidence)], result.Categories.Sum(static c => c.Count));
    }

    private static F1Curve Of(IReadOnlyList<RankedDetection> ranked, int count)
    {
        var points = new List<F1Point>();
        var best = default(F1Point?);
        var (truePositives, falsePositives) = (0, 0);
        for (var i = 0; i < ranked.Count; i++)
        {
            // Raising the threshold only takes detections away from the end: the greedy matching of those before does not change.
            if (ranked[i].IsTruePositive) truePositives++;
            else if (ranked[i].IsFalsePositive) falsePositives++;
            if (i + 1 < ranked.Count && ranked[i + 1].Confidence == ranked[i].Confidence) continue;
            var point = Point(ranked[i].Confidence, i + 1 < ranked.Count ? ranked[i + 1].Confidence : null, truePositives, falsePositives, count);
            points.Add(point);
            if (point.F1 > (best?.F1 ?? 0)) best = point;
        }

        return new F1Curve(points, best);
    }

    private static F1Point Point(double confidence, double? next, int truePositives, int falsePositives, int count)
    {
        var found = truePositives + falsePositives;
        return new F1Point(
            Between(next ?? Math.Max(0, confidence - 0.01), confidence),
            found == 0 ? 0 : (double)truePositives / found,
            count == 0 ? 0 : (double)truePositives / count,
            found + count == 0 ? 0 : 2.0 * truePositives / (found + count));
    }

    /// <summary>The shortest decimal between two confidences, from the middle: a threshold that people can read and that keeps a distance from both.</summary>
    private static double Between(double low, double high)
    {
        var middle = (low + high) / 2;
        for (var digits = 2; digits <= 6; digits++)
        {
            var rounded = Math.Round(middle, digits);
            if (rounded > low && rounded < high) return rounded;
        }

        return middle;
    }
}
