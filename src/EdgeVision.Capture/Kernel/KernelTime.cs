using System.Diagnostics;

namespace EdgeVision.Capture.Kernel;

/// <summary>Times that drivers stamp (CLOCK_MONOTONIC) on the clock of a <see cref="TimeProvider"/>. On Linux the system's provider counts that same clock, so there nothing shifts.</summary>
internal static class KernelTime
{
    private const double NanosecondsPerSecond = 1e9;

    /// <param name="time">Whose clock is wanted.</param>
    /// <param name="monotonicNanoseconds">As the driver gives it.</param>
    /// <returns>On <see cref="TimeProvider.GetTimestamp"/>'s clock.</returns>
    public static long ToTimestamp(TimeProvider time, long monotonicNanoseconds)
    {
        if (ReferenceEquals(time, TimeProvider.System) && Stopwatch.Frequency == NanosecondsPerSecond) return monotonicNanoseconds;
        var age = Stopwatch.GetTimestamp() * (NanosecondsPerSecond / Stopwatch.Frequency) - monotonicNanoseconds;
        return time.GetTimestamp() - (long)Math.Round(age * time.TimestampFrequency / NanosecondsPerSecond);
    }
}
