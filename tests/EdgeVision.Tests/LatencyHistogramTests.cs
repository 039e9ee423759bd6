using CsCheck;

namespace EdgeVision.Tests;

public sealed class LatencyHistogramTests
{
    [Fact]
    public void Without_records_there_is_no_quantile() => Assert.Null(new LatencyHistogram().Quantile(0.5));

    [Fact]
    public void A_quantile_is_within_a_sixteenth_of_the_exact_one() =>
        Gen.Int[0, 100_000_000].Array[1, 300].Sample(microseconds =>
        {
            var histogram = new LatencyHistogram();
            foreach (var us in microseconds) histogram.Record(TimeSpan.FromMicroseconds(us));
            var sorted = microseconds.Order().ToArray();
            foreach (var quantile in (double[])[0, 0.5, 0.99, 1])
            {
                var exact = sorted[Math.Max(0, (int)Math.Ceiling(quantile * sorted.Length) - 1)];
                Assert.InRange(histogram.Quantile(quantile)!.Value.TotalMicroseconds, (exact * 15 / 16.0) - 1, (exact * 17 / 16.0) + 1);
            }
        });

    [Fact]
    public void Durations_outside_the_range_are_counted_at_its_ends()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(TimeSpan.FromSeconds(-1));
        histogram.Record(TimeSpan.FromDays(9));

        Assert.Equal(2, histogram.Count);
        Assert.Equal(TimeSpan.Zero, histogram.Quantile(0));
        Assert.InRange(histogram.Quantile(1)!.Value.TotalMinutes, 60, 80);
    }
}
