namespace EdgeVision.Frames;

/// <summary>
/// Lets frames out at a fixed rate, on an absolute schedule so that small delays do not add up. Behind by more than a second (a suspended
/// machine, a debugger) it begins a new schedule instead of a burst. Used by the capture thread; waiting allocates nothing.
/// </summary>
public sealed class FramePacer : IDisposable
{
    private static readonly TimeSpan TooLate = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;
    private readonly double _fps;
    private readonly ManualResetEventSlim _due = new();
    private readonly ITimer _timer;
    private long _start;
    private long _frames;

    public FramePacer(double fps, TimeProvider time)
    {
        _time = time;
        _fps = fps;
        _timer = time.CreateTimer(static due => ((ManualResetEventSlim)due!).Set(), _due, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Blocks until the next frame is due; the first is due at once.</summary>
    /// <returns>The instant at which it was due or later, <see cref="TimeProvider.GetTimestamp"/>: the frame's capture time.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="stopping"/> fired.</exception>
    public long Wait(CancellationToken stopping)
    {
        stopping.ThrowIfCancellationRequested();
        var now = _time.GetTimestamp();
        if (_frames == 0) _start = now;
        var late = _time.GetElapsedTime(_start, now) - Due(_frames);
        if (late > TooLate) (_start, _frames) = (now, 0);

        WaitFor(Due(_frames++), stopping);
        return _time.GetTimestamp();
    }

    /// <summary>Blocks until a frame is due that knows its own time. The first is due at once.</summary>
    /// <param name="due">Since some beginning; later with each frame.</param>
    /// <param name="stopping">Ends the wait.</param>
    /// <returns>When it was due, so that frames keep their spacing though timers are late: the frame's capture time.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="stopping"/> fired.</exception>
    public long WaitUntil(TimeSpan due, CancellationToken stopping)
    {
        stopping.ThrowIfCancellationRequested();
        var now = _time.GetTimestamp();
        if (_frames++ == 0 || _time.GetElapsedTime(_start, now) - due > TooLate) _start = now - Stamps(due);
        WaitFor(due, stopping);
        return _start + Stamps(due);
    }

    private void WaitFor(TimeSpan due, CancellationToken stopping)
    {
        while (true)
        {
            var left = due - _time.GetElapsedTime(_start);
            if (left <= TimeSpan.Zero) return;
            _due.Reset();
            // Timers count whole milliseconds and cut the rest off: rounded up, so that it is not asked again for the fraction.
            _timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
            // The frame may have come due before the timer was set; then nothing would wake us in time.
            if (_time.GetElapsedTime(_start) < due) _due.Wait(stopping);
        }
    }

    /// <summary>Since the schedule began. By the number of the frame: an interval rounded to ticks would drift.</summary>
    private TimeSpan Due(long frame) => TimeSpan.FromTicks((long)Math.Round(frame * TimeSpan.TicksPerSecond / _fps));

    private long Stamps(TimeSpan time) => (long)((Int128)time.Ticks * _time.TimestampFrequency / TimeSpan.TicksPerSecond);

    public void Dispose()
    {
        _timer.Dispose();
        _due.Dispose();
    }
}
