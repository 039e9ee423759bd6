using EdgeVision.Inference;

namespace EdgeVision.Events;

/// <summary>
/// Decides which frames are worth an event. Time, never frame counts: with dropped frames "every 30th" has no meaning. One thread.
/// </summary>
public sealed class FrameSampler
{
    private readonly FrameSamplerOptions _options;
    private readonly TimeProvider _time;
    private readonly int[] _counts;
    private readonly int[] _told;
    private long? _toldAt;

    /// <param name="options">The rule.</param>
    /// <param name="labels">How many classes the model has.</param>
    /// <param name="time">The clock that frame timestamps belong to.</param>
    public FrameSampler(FrameSamplerOptions options, int labels, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _time = time;
        _counts = new int[labels];
        _told = new int[labels];
    }

    /// <summary>True when this frame becomes an event; the sampler then takes it as told.</summary>
    /// <param name="detections">What counts in the frame.</param>
    /// <param name="timestamp">Of capture, <see cref="TimeProvider.GetTimestamp"/>.</param>
    public bool Wants(ReadOnlySpan<Detection> detections, long timestamp)
    {
        Array.Clear(_counts);
        foreach (ref readonly var detection in detections) _counts[detection.ClassId]++;

        var wanted = _toldAt is not { } toldAt
            || _options.Sampling is FrameSampling.Every
            || _time.GetElapsedTime(toldAt, timestamp) >= _options.Interval
            || (_options.Sampling is FrameSampling.Change && !_counts.AsSpan().SequenceEqual(_told));
        if (!wanted) return false;

        _toldAt = timestamp;
        _counts.CopyTo(_told, 0);
        return true;
    }
}
