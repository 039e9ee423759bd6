using System.Globalization;
using EdgeVision.Events;
using EdgeVision.Frames;

namespace EdgeVision.Triggers;

/// <summary>The thread that reads the line, and what its failures mean.</summary>
public sealed partial class CameraTrigger
{
    private long _lineLostAt;
    private string? _lineReason;

    /// <summary>
    /// Opens the line and takes its pulses, on a thread of its own, until it fails or <paramref name="stopping"/> fires. The supervisor's to
    /// start again; the camera goes on meanwhile.
    /// </summary>
    /// <exception cref="CaptureException">The line cannot be opened or failed.</exception>
    public Task ReadAsync(CancellationToken stopping) =>
        // A thread of its own: it blocks in the kernel, and a pulse must not wait for the pool.
        Task.Factory.StartNew(() => Read(stopping), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>The line failed: told once until it is back, however often it is tried.</summary>
    /// <param name="reason">A sentence that ends in what to do.</param>
    public void LineFailed(string reason)
    {
        ArgumentException.ThrowIfNullOrEmpty(reason);
        if (_lineReason is null) _lineLostAt = _time.GetTimestamp();
        if (_lineReason == reason) return;
        _lineReason = reason;
        Tell(LineEvent(isLost: true) with { Reason = reason });
    }

    private void Read(CancellationToken stopping)
    {
        using var line = _open();
        if (_lineReason is not null)
        {
            Tell(LineEvent(isLost: false) with { Down = _time.GetElapsedTime(_lineLostAt) });
            _lineReason = null;
        }

        // Each opened line counts from 1 again; our numbers go on.
        var before = _pulses;
        while (!stopping.IsCancellationRequested) Take(line.Read(stopping), before);
    }

    private void Take(TriggerEdge edge, long before)
    {
        var number = before + edge.Number;
        lock (_gate)
        {
            // The lamp first: it has to be up when the exposure begins. Under the lock, so that no frame of nobody puts it out before the pulse waits.
            _strobe?.Raise();
            if (number - _pulses > 1) Lose(number - _pulses - 1, number - 1, "The kernel's queue of edges ran over before they were read: the line bounces or the node is too busy. Raise DebounceMs, or relieve the node.");
            _pulses = Math.Max(number, _pulses);
            var pulse = new TriggerPulse(number, edge.Timestamp, _clock.ToUtc(edge.Timestamp));
            if (_noCamera is { } why) Explain(new TriggerAnswer(pulse, 1, _setting.Rule.Burst, TriggerOutcome.NoCamera) { Reason = why }, null);
            else if (!_matcher.Add(pulse)) Lose(1, number, $"{TriggerMatcher.MaxWaiting.ToString(CultureInfo.InvariantCulture)} pulses waited for a frame already. Raise DebounceMs, or lower TimeoutMs.");
            Settle();
        }
    }

    private void Lose(long count, long last, string reason)
    {
        _telemetry.Count(TriggerOutcome.Lost, count);
        if (_lost.Add(count, last, reason)) _untold.Writer.TryWrite(null);
    }

    private TriggerLineEvent LineEvent(bool isLost) => new()
    {
        Camera = _setting.Camera,
        Time = _time.GetUtcNow(),
        Trigger = _setting.Name,
        Line = _setting.Line,
        IsLost = isLost,
    };
}
