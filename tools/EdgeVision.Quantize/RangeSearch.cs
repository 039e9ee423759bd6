namespace EdgeVision.Quantize;

/// <summary>Chooses the range of an activation from its histogram.</summary>
internal static class RangeSearch
{
    private const double OutsidePercentile = 1e-5;

    /// <summary>Each end is tried at 100 %, 98 % … 20 % of the farthest value.</summary>
    private const int Steps = 41;
    private const double StepSize = 0.02;

    /// <param name="histogram">Values seen.</param>
    /// <param name="rule">How to choose.</param>
    /// <param name="negativeSlope">
    /// 1, or the slope by which the only reader, a LeakyRelu, shrinks negative values: their errors shrink with them, so they deserve fewer codes.
    /// </param>
    public static ActivationRange Choose(ActivationHistogram histogram, RangeRule rule, double negativeSlope) => rule switch
    {
        RangeRule.MinMax => ActivationRange.Between(histogram.Least, histogram.Most),
        RangeRule.Percentile => Percentile(histogram),
        _ => LeastSquares(histogram, negativeSlope),
    };

    private static ActivationRange Percentile(ActivationHistogram histogram)
    {
        var counts = histogram.Counts;
        long total = 0, below = 0, above = 0;
        foreach (var count in counts) total += count;
        var (first, last) = (0, counts.Length - 1);
        while (below + counts[first] <= total * OutsidePercentile) below += counts[first++];
        while (above + counts[last] <= total * OutsidePercentile) above += counts[last--];
        return ActivationRange.Between(Math.Max(histogram.Least, histogram.CentreOf(first)), Math.Min(histogram.Most, histogram.CentreOf(last)));
    }

    private static ActivationRange LeastSquares(ActivationHistogram histogram, double negativeSlope)
    {
        var (values, weights) = Occupied(histogram, negativeSlope);
        var (best, bestError) = (default(ActivationRange), double.PositiveInfinity);
        for (var low = 0; low < Steps; low++)
        {
            for (var high = 0; high < Steps; high++)
            {
                var range = ActivationRange.Between(histogram.Least * (1 - (low * StepSize)), histogram.Most * (1 - (high * StepSize)));
                var error = SquaredError(range, values, weights, bestError);
                if (error < bestError) (best, bestError) = (range, error);
            }

            if (histogram.Least >= 0) break;
        }

        return best;
    }

    private static (double[] Values, double[] Weights) Occupied(ActivationHistogram histogram, double negativeSlope)
    {
        var (values, weights) = (new List<double>(), new List<double>());
        for (var i = 0; i < ActivationHistogram.Bins; i++)
        {
            if (histogram.Counts[i] == 0) continue;
            var centre = histogram.CentreOf(i);
            values.Add(centre);
            weights.Add(histogram.Counts[i] * (centre < 0 ? negativeSlope * negativeSlope : 1));
        }

        return ([.. values], [.. weights]);
    }

    /// <summary>Gives up as soon as <paramref name="limit"/> is passed.</summary>
    private static double SquaredError(ActivationRange range, double[] values, double[] weights, double limit)
    {
        var error = 0.0;
        for (var i = 0; i < values.Length; i++)
        {
            var miss = values[i] - range.Round(values[i]);
            error += weights[i] * miss * miss;
            if (error >= limit) return limit;
        }

        return error;
    }
}
