namespace EdgeVision.Quantize;

/// <summary>How the range of an activation follows from the values seen.</summary>
internal enum RangeRule
{
    /// <summary>From the least to the largest value: nothing is clipped, outliers cost resolution.</summary>
    MinMax,

    /// <summary>Leaves 0.001 % of the values out at each end.</summary>
    Percentile,

    /// <summary>The range with the least squared error of clipping and rounding together.</summary>
    LeastSquares,
}
