namespace EdgeVision.Frames;

/// <summary>
/// Lets frames through at no more than a given rate on average, by their capture times. A camera of 10 fps under a cap of 7 gives 7, not 5:
/// the schedule advances by whole intervals, and a jitter of a quarter interval is forgiven. One thread, but for <see cref="MaxFps"/>.
/// </summary>
public sealed class FrameRateCap(double maxFps, TimeProvider time)
{
    private double _maxFps = maxFps;
    private double _inForce;
    private TimeSpan _interval;
    private long? _start;
    private TimeSpan _next;

    /// <summary>0 for no cap. May be set from any thread; the next frame begins a new schedule.</summary>
    public double MaxFps
    {
        get => Volatile.Read(ref _maxFps);
        set => Volatile.Write(ref _maxFps, value);
    }

    /// <summary>True when the frame of this capture time may go on. A cap of 0 lets all through.</summary>
    /// <param name="timestamp">Of capture, <see cref="TimeProvider.GetTimestamp"/>.</param>
    public bool Allows(long timestamp)
    {
        var wanted = MaxFps;
        if (wanted != _inForce) (_inForce, _interval, _start, _next) = (wanted, wanted > 0 ? TimeSpan.FromSeconds(1 / wanted) : TimeSpan.Zero, null, TimeSpan.Zero);
        if (_interval == TimeSpan.Zero) return true;
        _start ??= timestamp;
        var at = time.GetElapsedTime(_start.Value, timestamp);
        if (at < _next - (_interval / 4)) return false;
        // Late by more than an interval (slow camera, stall): begin anew rather than let a burst catch up.
        _next = at - _next > _interval ? at + _interval : _next + _interval;
        return true;
    }
}
