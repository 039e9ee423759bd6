using System.Runtime.InteropServices;

namespace EdgeVision.Benchmarks;

/// <summary>Time of this thread on the processor: who else waits for a core does not count.</summary>
internal static partial class ThreadClock
{
    /// <summary>Contenders take turns in blocks of 5 ms, so that a noisy neighbour hits each of them; microseconds a run, the median of a contender's blocks.</summary>
    public static double[] Interleave(List<Action> contenders, int blocks)
    {
        var times = contenders.Select(_ => new List<double>()).ToArray();
        for (var block = -2; block < blocks; block++)
        {
            for (var i = 0; i < contenders.Count; i++)
            {
                var (started, runs, us) = (Now(), 0, 0.0);
                do
                {
                    contenders[i]();
                    runs++;
                    us = (Now() - started).TotalMicroseconds;
                }
                while (us < 5000);
                if (block >= 0) times[i].Add(us / runs);
            }
        }

        return [.. times.Select(static t => t.Order().ElementAt(t.Count / 2))];
    }

    private static TimeSpan Now()
    {
        const int OfThisThread = 3;
        var error = ClockGetTime(OfThisThread, out var time);
        return error == 0 ? TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromMicroseconds(time.Nanoseconds / 1000.0) : throw new InvalidOperationException("clock_gettime failed.");
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ClockGetTime(int clock, out Time time);

    private readonly record struct Time(long Seconds, long Nanoseconds);
}
