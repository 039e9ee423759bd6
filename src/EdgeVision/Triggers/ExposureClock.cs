using System.Diagnostics;
using EdgeVision.Frames;

namespace EdgeVision.Triggers;

/// <summary>
/// Says when the exposure of each frame of one stream began. A stamp of the begin of exposure is taken as it is; of any other stamp one frame
/// interval is taken off: a free-running sensor that exposes as long as it can begins a frame where the last one ended. Who measured it
/// better says so by an offset. One thread.
/// </summary>
/// <param name="offset">From the begin of exposure to the time stamp, for every frame; null to go by the kind of stamp.</param>
/// <param name="time">The clock of frame timestamps.</param>
public sealed class ExposureClock(TimeSpan? offset, TimeProvider time)
{
    /// <summary>Odd, so that there is a middle one. Fewer follow a change of rate sooner, more shrug off more jitter.</summary>
    private const int Remembered = 9;

    private readonly long[] _intervals = new long[Remembered];
    private long _measured;
    private long? _lastTimestamp;
    private long _lastSequence;

    /// <summary>From frame to frame, on <see cref="TimeProvider.GetTimestamp"/>'s clock: the median of the newest; 0 before the second frame.</summary>
    public long Interval { get; private set; }

    /// <summary>Null for a frame of which nobody can say it: the first of a stream that stamps the end.</summary>
    /// <param name="key">Passed on.</param>
    /// <param name="timestamp">The frame's.</param>
    /// <param name="sequence">The camera's own count; a gap is lost frames, over which the time is shared out.</param>
    /// <param name="stamp">What <paramref name="timestamp"/> is.</param>
    public FrameMoment? Of(long key, long timestamp, long sequence, FrameStamp stamp)
    {
        Measure(timestamp, sequence);
        if (offset is { } configured) return new FrameMoment(key, timestamp - (long)(configured.TotalSeconds * time.TimestampFrequency), Interval, IsEstimated: false);
        if (stamp is FrameStamp.StartOfExposure) return new FrameMoment(key, timestamp, Interval, IsEstimated: false);
        return Interval == 0 ? null : new FrameMoment(key, timestamp - Interval, Interval, IsEstimated: true);
    }

    private void Measure(long timestamp, long sequence)
    {
        if (_lastTimestamp is { } last && timestamp > last)
        {
            // A count that stands still or goes back (a clip from its begin) counts nothing: then as if no frame was lost.
            _intervals[_measured++ % Remembered] = (timestamp - last) / Math.Max(1, sequence - _lastSequence);
            Interval = Median();
        }

        (_lastTimestamp, _lastSequence) = (timestamp, sequence);
    }

    private long Median()
    {
        Span<long> sorted = stackalloc long[Remembered];
        var count = (int)Math.Min(_measured, Remembered);
        Debug.Assert(count > 0, "It is asked after a measurement.");
        _intervals.AsSpan(0, count).CopyTo(sorted);
        sorted = sorted[..count];
        sorted.Sort();
        return sorted[count / 2];
    }
}
