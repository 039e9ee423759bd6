using System.Globalization;

namespace EdgeVision.Module.Display;

/// <summary>Durations as people compare them.</summary>
internal static class Milliseconds
{
    /// <summary>The median, or a quantile, with three figures that mean something.</summary>
    public static string Show(LatencyHistogram histogram, double quantile = 0.5) =>
        histogram.Quantile(quantile)?.TotalMilliseconds switch
        {
            null => "–",
            < 10 and { } ms => ms.ToString("0.00", CultureInfo.InvariantCulture),
            < 100 and { } ms => ms.ToString("0.0", CultureInfo.InvariantCulture),
            { } ms => ms.ToString("0", CultureInfo.InvariantCulture),
        };
}
