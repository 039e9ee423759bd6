using System.Globalization;
using System.Text;

namespace EdgeVision.Module.Health;

/// <summary>
/// Text in Prometheus' exposition format 0.0.4, of the kind that IoT Edge's metrics-collector reads, too: no values of infinity, no exemplars, labels in
/// one order.
/// </summary>
/// <remarks>prometheus.io, "Exposition formats".</remarks>
internal sealed class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private const string Prefix = "edgevision_";

    /// <summary>Of histograms, in seconds: from a pixel operation to an outage.</summary>
    private static readonly double[] Bounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60];

    private readonly StringBuilder _text = new();
    private readonly string _common;
    private readonly long[] _counts = new long[Bounds.Length];

    /// <param name="common">Labels that every sample has.</param>
    public PrometheusText(params ReadOnlySpan<(string Name, string Value)> common) => _common = Write(common);

    public void Family(Metric metric) =>
        _text.Append("# HELP ").Append(Prefix).Append(metric.Name).Append(' ').Append(metric.Help.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)).Append('\n')
            .Append("# TYPE ").Append(Prefix).Append(metric.Name).Append(' ').Append(metric.Kind).Append('\n');

    /// <summary>A sample; what is not a finite number is left out.</summary>
    public void Sample(Metric metric, double? value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        if (value is { } number && double.IsFinite(number)) Line(metric.Name, Write(labels), number);
    }

    public void Sample(Metric metric, LatencyHistogram histogram, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        var written = Write(labels);
        // The total once: what is recorded meanwhile must not make a bucket larger than it.
        var (count, sum) = histogram.Cumulate(Bounds, _counts);
        for (var i = 0; i < Bounds.Length; i++) Line(metric.Name + "_bucket", Join(written, $"le=\"{Bounds[i].ToString(CultureInfo.InvariantCulture)}\""), _counts[i]);
        Line(metric.Name + "_bucket", Join(written, "le=\"+Inf\""), count);
        Line(metric.Name + "_sum", written, sum.TotalSeconds);
        Line(metric.Name + "_count", written, count);
    }

    public override string ToString() => _text.ToString();

    private void Line(string name, string labels, double value) =>
        _text.Append(Prefix).Append(name).Append('{').Append(Join(_common, labels)).Append("} ").Append(value.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private static string Join(string first, string second) => first.Length == 0 ? second : second.Length == 0 ? first : $"{first},{second}";

    private static string Write(ReadOnlySpan<(string Name, string Value)> labels)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in labels)
        {
            if (text.Length > 0) text.Append(',');
            text.Append(name).Append("=\"");
            foreach (var c in value) text.Append(c switch { '\\' => "\\\\", '"' => "\\\"", '\n' => "\\n", _ when char.IsControl(c) => " ", _ => c.ToString() });
            text.Append('"');
        }

        return text.ToString();
    }
}
