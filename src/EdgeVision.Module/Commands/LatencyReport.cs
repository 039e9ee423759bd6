using System.Globalization;
using System.Text.Json;

namespace EdgeVision.Module.Commands;

/// <summary>What <c>gpio latency</c> prints for people and writes for scripts. Names and units in the file are a contract.</summary>
internal sealed class LatencyReport(TextWriter output)
{
    private readonly List<LatencySample> _samples = [];
    private long _unanswered;

    public void Head() => output.WriteLine("  pulse    frame  edge→exposure  edge→frame  edge→detection  edge→output   (ms)");

    public void Add(LatencySample sample)
    {
        _samples.Add(sample);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{sample.Edge,7}  {sample.Frame,7}  {Ms(sample.Exposure) + (sample.IsEstimated ? "~" : " "),13}  {Ms(sample.Taken),10}  {Ms(sample.Detected),14}  {(sample.Written is { } w ? Ms(w) : "–"),11}"));
        if (sample.Remark is not null) output.WriteLine($"         {sample.Remark}");
    }

    public void AddUnanswered(string sentence)
    {
        _unanswered++;
        output.WriteLine(sentence);
    }

    public void Summarise()
    {
        output.WriteLine();
        output.WriteLine($"{Counted.Of(_samples.Count, "frame")}, {Counted.Of((int)_unanswered, "explanation")}");
        foreach (var (name, values) in Columns())
        {
            if (values.Count > 0) output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-15} p50 {Quantile(values, 0.5):0.000} ms, p99 {Quantile(values, 0.99):0.000} ms"));
        }

        if (_samples.Any(s => s.IsEstimated)) output.WriteLine("~ this camera stamps the end of frames: the begin of exposure is its time stamp less one frame interval.");
    }

    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("frames", _samples.Count);
        json.WriteNumber("explanations", _unanswered);
        json.WriteBoolean("exposureEstimated", _samples.Any(s => s.IsEstimated));
        foreach (var ((_, values), name) in Columns().Zip(["edgeToExposureMs", "edgeToFrameMs", "edgeToDetectionMs", "edgeToOutputMs"]))
        {
            json.WriteStartObject(name);
            WriteQuantile(json, "p50", values, 0.5);
            WriteQuantile(json, "p99", values, 0.99);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private IEnumerable<(string Name, List<double> Values)> Columns() =>
    [
        ("edge→exposure", [.. _samples.Select(s => s.Exposure.TotalMilliseconds).Order()]),
        ("edge→frame", [.. _samples.Select(s => s.Taken.TotalMilliseconds).Order()]),
        ("edge→detection", [.. _samples.Select(s => s.Detected.TotalMilliseconds).Order()]),
        ("edge→output", [.. _samples.Where(s => s.Written is not null).Select(s => s.Written!.Value.TotalMilliseconds).Order()]),
    ];

    private static void WriteQuantile(Utf8JsonWriter json, string name, List<double> sorted, double quantile)
    {
        if (sorted.Count > 0) json.WriteNumber(name, Math.Round(Quantile(sorted, quantile), 3));
        else json.WriteNull(name);
    }

    private static double Quantile(List<double> sorted, double quantile) => sorted[Math.Clamp((int)Math.Ceiling(quantile * sorted.Count) - 1, 0, sorted.Count - 1)];

    private static string Ms(TimeSpan duration) => duration.TotalMilliseconds.ToString("0.000", CultureInfo.InvariantCulture);
}
