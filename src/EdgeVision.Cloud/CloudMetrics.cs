using System.Globalization;
using System.Text;
using EdgeVision.Cloud.Models;

namespace EdgeVision.Cloud;

/// <summary>Prometheus' text format 0.0.4.</summary>
internal static class CloudMetrics
{
    private static readonly double[] Bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    public static ReadOnlyMemory<byte> Write(IReadOnlyList<ServedModel> models)
    {
        var text = new StringBuilder();
        var all = models.SelectMany(static m => ((string, ModelMetrics)[])[(LabelsOf(m, "tensors"), m.OfTensors), (LabelsOf(m, "images"), m.OfImages)]).ToList();
        Family(text, "requests_total", "counter", "Requests by what became of them.");
        foreach (var (labels, metrics) in all)
        {
            foreach (var outcome in Enum.GetValues<WorkOutcome>()) Line(text, "requests_total", $"{labels},outcome=\"{outcome.ToString().ToLowerInvariant()}\"", metrics.Of(outcome));
        }

        Each(text, all, "runs_total", "counter", "Runs of the model; a batch is one.", static m => m.Runs);
        Each(text, all, "rows_total", "counter", "Rows of all batches: pictures.", static m => m.Rows);
        Each(text, all, "batched_requests_total", "counter", "Requests that ran together with others.", static m => m.Batched);
        Each(text, all, "queue_requests", "gauge", "Requests that wait.", static m => m.Waiting);
        Histogram(text, all, "request_seconds", "From a request's arrival to its answer.", static m => m.Request);
        Histogram(text, all, "inference_seconds", "Time of a run.", static m => m.Inference);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static string LabelsOf(ServedModel model, string by) => $"model=\"{Escape(model.Name)}\",version=\"{Escape(model.Version)}\",by=\"{by}\"";

    private static string Escape(string value) => value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", " ", StringComparison.Ordinal);

    private static void Each(StringBuilder text, List<(string Labels, ModelMetrics Metrics)> all, string name, string kind, string help, Func<ModelMetrics, long> value)
    {
        Family(text, name, kind, help);
        foreach (var (labels, metrics) in all) Line(text, name, labels, value(metrics));
    }

    private static void Histogram(StringBuilder text, List<(string Labels, ModelMetrics Metrics)> all, string name, string help, Func<ModelMetrics, LatencyHistogram> of)
    {
        Family(text, name, "histogram", help);
        Span<long> counts = stackalloc long[Bounds.Length];
        foreach (var (labels, metrics) in all)
        {
            var (count, sum) = of(metrics).Cumulate(Bounds, counts);
            for (var i = 0; i < Bounds.Length; i++) Line(text, name + "_bucket", $"{labels},le=\"{Bounds[i].ToString(CultureInfo.InvariantCulture)}\"", counts[i]);
            Line(text, name + "_bucket", $"{labels},le=\"+Inf\"", count);
            Line(text, name + "_sum", labels, sum.TotalSeconds);
            Line(text, name + "_count", labels, count);
        }
    }

    private static void Family(StringBuilder text, string name, string kind, string help) =>
        text.Append("# HELP edgevision_cloud_").Append(name).Append(' ').Append(help).Append("\n# TYPE edgevision_cloud_").Append(name).Append(' ').Append(kind).Append('\n');

    private static void Line(StringBuilder text, string name, string labels, double value) =>
        text.Append("edgevision_cloud_").Append(name).Append('{').Append(labels).Append("} ").Append(value.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
