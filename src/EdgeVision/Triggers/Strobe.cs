using EdgeVision.Delivery;
using EdgeVision.Frames;
using EdgeVision.Outputs;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Triggers;

/// <summary>
/// A lamp that is lit by a pulse, before the frame that belongs to it is exposed. Our word comes a thread's wake-up after the edge: a frame
/// whose exposure begins within that time is lit late. A lamp that fails is told once and tried again at a later pulse; the pulses go on.
/// </summary>
public sealed partial class Strobe : IDisposable
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1), LastRetry = TimeSpan.FromSeconds(30);

    private readonly Func<IOutputLine> _open;
    private readonly TimeSpan _longest;
    private readonly bool _untilFrame;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly RetrySchedule _retries = new(FirstRetry, LastRetry, Random.Shared);
    private readonly Lock _gate = new();
    private readonly ITimer _off;
    private IOutputLine? _line;
    private bool _isLit, _isDisposed;
    private long _failedAt;
    private TimeSpan _retryIn;

    /// <param name="open">Opens its line; again after a failure.</param>
    /// <param name="longest">It goes dark so long after the newest pulse in any case.</param>
    /// <param name="untilFrame">It goes dark earlier, when no pulse waits for a frame any more.</param>
    /// <param name="time">Times that.</param>
    /// <param name="log">For failures.</param>
    public Strobe(Func<IOutputLine> open, TimeSpan longest, bool untilFrame, TimeProvider time, ILogger log)
    {
        ArgumentNullException.ThrowIfNull(open);
        ArgumentNullException.ThrowIfNull(time);
        (_open, _longest, _untilFrame, _time, _log) = (open, longest, untilFrame, time, log);
        _off = time.CreateTimer(static strobe => ((Strobe)strobe!).Lower(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        // At the start rather than at the first pulse, which it would make wait.
        lock (_gate) Try(_ => { });
    }

    /// <summary>A pulse came.</summary>
    public void Raise()
    {
        lock (_gate)
        {
            if (_isDisposed || !Try(static line => line.Write(active: true))) return;
            _isLit = true;
            _off.Change(_longest, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>No pulse waits for a frame any more.</summary>
    public void FrameCame()
    {
        if (_untilFrame) Lower();
    }

    /// <summary>Leaves the line in its safe state.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isDisposed) return;
            _isDisposed = true;
            _off.Dispose();
            Close();
        }
    }

    private void Lower()
    {
        lock (_gate)
        {
            if (!_isLit || _isDisposed) return;
            _isLit = false;
            _off.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            Try(static line => line.Write(active: false));
        }
    }

    private bool Try(Action<IOutputLine> use)
    {
        if (_retries.Attempts > 0 && _line is null && _time.GetElapsedTime(_failedAt) < _retryIn) return false;
        try
        {
            use(_line ??= _open());
            if (_retries.Attempts > 0) Recovered(_log, _line.ToString());
            _retries.Reset();
            return true;
        }
        catch (CaptureException e)
        {
            if (_retries.Attempts == 0) Failed(_log, e.Message);
            (_failedAt, _retryIn) = (_time.GetTimestamp(), _retries.Next());
            Close();
            _isLit = false;
            return false;
        }
    }

    /// <summary>A line that fails to be written fails to be closed, too: its safe level cannot be written any more.</summary>
    private void Close()
    {
        var line = _line;
        _line = null;
        try
        {
            line?.Dispose();
        }
        catch (CaptureException e)
        {
            // Told once already where a write failed before.
            if (_retries.Attempts == 0) Failed(_log, e.Message);
        }
    }

    [LoggerMessage(EventIds.StrobeFailed, LogLevel.Warning, "The strobe stays dark: {Sentence} It is tried again at later pulses.")]
    private static partial void Failed(ILogger log, string sentence);

    [LoggerMessage(EventIds.StrobeRecovered, LogLevel.Information, "The strobe {Line} works again.")]
    private static partial void Recovered(ILogger log, string? line);
}
