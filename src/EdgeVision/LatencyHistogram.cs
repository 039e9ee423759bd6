using System.Numerics;

namespace EdgeVision;

/// <summary>
/// Durations counted in logarithmic buckets with 16 steps an octave, from 1 µs to over an hour: a quantile is exact to 1/16 (6 %), memory
/// is fixed, recording allocates nothing and is safe from any thread.
/// </summary>
public sealed class LatencyHistogram
{
    private const int StepsLog2 = 4;
    private const int Steps = 1 << StepsLog2;
    private readonly long[] _counts = new long[(33 - StepsLog2) * Steps];
    private long _count;
    private long _microseconds;

    /// <summary>Durations recorded.</summary>
    public long Count => Volatile.Read(ref _count);

    /// <summary>Negative durations (a clock stepped back) count as 0.</summary>
    public void Record(TimeSpan duration)
    {
        var microseconds = (long)Math.Clamp(duration.TotalMicroseconds, 0, uint.MaxValue);
        Interlocked.Increment(ref _counts[BucketOf((ulong)microseconds)]);
        Interlocked.Add(ref _microseconds, microseconds);
        Interlocked.Increment(ref _count);
    }

    /// <summary>How many records do not exceed each bound, to 1/16 of it.</summary>
    /// <param name="bounds">Seconds, rising.</param>
    /// <param name="counts">As many.</param>
    /// <returns>All records, and the sum of their durations.</returns>
    public (long Count, TimeSpan Sum) Cumulate(ReadOnlySpan<double> bounds, Span<long> counts)
    {
        var (seen, at) = (0L, 0);
        for (var bucket = 0; bucket < _counts.Length; bucket++)
        {
            var seconds = MiddleOf(bucket) / 1e6;
            while (at < bounds.Length && seconds > bounds[at]) counts[at++] = seen;
            seen += Volatile.Read(ref _counts[bucket]);
        }

        counts[at..].Fill(seen);
        return (seen, TimeSpan.FromMicroseconds(Volatile.Read(ref _microseconds)));
    }

    /// <summary>The duration that <paramref name="quantile"/> (0..1) of the records do not exceed; null before the first record.</summary>
    public TimeSpan? Quantile(double quantile)
    {
        var count = Count;
        if (count == 0) return null;
        var rank = Math.Max(1, (long)Math.Ceiling(quantile * count));
        var seen = 0L;
        for (var i = 0; i < _counts.Length; i++)
        {
            seen += Volatile.Read(ref _counts[i]);
            if (seen >= rank) return TimeSpan.FromMicroseconds(MiddleOf(i));
        }

        return TimeSpan.FromMicroseconds(MiddleOf(_counts.Length - 1));
    }

    private static int BucketOf(ulong microseconds)
    {
        if (microseconds < Steps) return (int)microseconds;
        var octave = BitOperations.Log2(microseconds) - StepsLog2;
        return (octave * Steps) + (int)(microseconds >> octave);
    }

    private static double MiddleOf(int bucket)
    {
        if (bucket < Steps) return bucket;
        var octave = (bucket / Steps) - 1;
        var lower = (double)((long)(Steps + (bucket % Steps)) << octave);
        return lower + (((1L << octave) - 1) / 2.0);
    }
}
