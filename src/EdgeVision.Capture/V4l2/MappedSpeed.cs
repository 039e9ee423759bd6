using EdgeVision.Frames;

namespace EdgeVision.Capture.V4l2;

/// <summary>
/// Whether a driver's memory is slow to read. Camera interfaces of many boards map theirs uncached: every byte then comes from memory, again and again,
/// and one copy in a row costs less than what preprocessing would lose. Nothing tells it but a clock.
/// </summary>
internal static class MappedSpeed
{
    /// <summary>Uncached memory is tens of times slower, cached memory at most twice: first read after the device wrote it.</summary>
    private const int SlowTimes = 4;

    /// <summary>Takes tens of microseconds when cached, a millisecond when not.</summary>
    private const int SampleBytes = 256 * 1024;

    private const int Tries = 3;

    /// <param name="mapped">A filled buffer.</param>
    /// <param name="pool">Lends ordinary memory to compare with.</param>
    /// <param name="time">The clock.</param>
    public static bool IsSlow(ReadOnlySpan<byte> mapped, FramePool pool, TimeProvider time)
    {
        mapped = mapped[..Math.Min(mapped.Length, SampleBytes)];
        var (first, second) = (pool.Rent(mapped.Length), pool.Rent(mapped.Length));
        try
        {
            var from = first.Memory.Span[..mapped.Length];
            var to = second.Memory.Span[..mapped.Length];
            // Both ways once before the clock runs: pages are faulted in, caches are warm where there are any.
            mapped.CopyTo(from);
            from.CopyTo(to);
            return Fastest(mapped, to, time) > SlowTimes * Fastest(from, to, time);
        }
        finally
        {
            first.Return();
            second.Return();
        }
    }

    private static TimeSpan Fastest(ReadOnlySpan<byte> from, Span<byte> to, TimeProvider time)
    {
        var fastest = TimeSpan.MaxValue;
        for (var i = 0; i < Tries; i++)
        {
            var start = time.GetTimestamp();
            from.CopyTo(to);
            var took = time.GetElapsedTime(start);
            if (took < fastest) fastest = took;
        }

        return fastest;
    }
}
