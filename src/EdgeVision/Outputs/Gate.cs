using EdgeVision.Delivery;
using EdgeVision.Frames;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Outputs;

/// <summary>
/// Frames are looked at only while a line is active: door open, machine running. Several cameras may share one, as a line has one owner.
/// The line is read when a frame asks, at most every 20 ms. One that fails is told once and opened again, at frame time too. Any thread.
/// </summary>
public sealed partial class Gate : IDisposable
{
    /// <summary>A frame of a fast camera; a system call each would buy nothing.</summary>
    private static readonly TimeSpan ReadEvery = TimeSpan.FromMilliseconds(20);

    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1), LastRetry = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly string _name;
    private readonly Func<IInputLine> _open;
    private readonly bool _openWhenFailing;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly RetrySchedule _retries = new(FirstRetry, LastRetry, Random.Shared);
    private IInputLine? _line;
    private bool? _isOpen;
    private long _lookedAt;
    private TimeSpan _lookIn;
    private bool _isDisposed;

    /// <param name="name">For logs: the line as it is configured.</param>
    /// <param name="open">Opens its line; again after a failure.</param>
    /// <param name="openWhenFailing">What holds while the line cannot be read.</param>
    /// <param name="time">The clock of <see cref="IsOpen"/>.</param>
    /// <param name="log">For failures.</param>
    public Gate(string name, Func<IInputLine> open, bool openWhenFailing, TimeProvider time, ILogger log)
    {
        ArgumentNullException.ThrowIfNull(open);
        ArgumentNullException.ThrowIfNull(time);
        (_name, _open, _openWhenFailing, _time, _log) = (name, open, openWhenFailing, time, log);
        // At the start rather than at the first frame: what is wrong is told before anybody wonders.
        Look(time.GetTimestamp());
    }

    /// <summary>False while the line cannot be read.</summary>
    public bool IsWorking
    {
        get
        {
            lock (_gate) return _retries.Attempts == 0;
        }
    }

    /// <summary>Frames are looked at.</summary>
    /// <param name="now"><see cref="TimeProvider.GetTimestamp"/>.</param>
    public bool IsOpen(long now)
    {
        lock (_gate)
        {
            if (!_isDisposed && _time.GetElapsedTime(_lookedAt, now) >= _lookIn) Look(now);
            return _isOpen ?? _openWhenFailing;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_isDisposed) return;
            _isDisposed = true;
            _line?.Dispose();
        }
    }

    private void Look(long now)
    {
        _lookedAt = now;
        try
        {
            var isOpen = (_line ??= _open()).Read();
            if (_retries.Attempts > 0) Recovered(_log, _name);
            _retries.Reset();
            _lookIn = ReadEvery;
            if (isOpen != _isOpen) Changed(_log, _name, isOpen ? "opened" : "closed");
            _isOpen = isOpen;
        }
        catch (CaptureException e)
        {
            if (_retries.Attempts == 0) Failed(_log, _name, e.Message, _openWhenFailing ? "looked at" : "left out");
            _lookIn = _retries.Next();
            _line?.Dispose();
            (_line, _isOpen) = (null, null);
        }
    }

    [LoggerMessage(EventIds.GateChanged, LogLevel.Debug, "The gate {Line} {Happened}.")]
    private static partial void Changed(ILogger log, string line, string happened);

    [LoggerMessage(EventIds.GateFailed, LogLevel.Warning, "The gate {Line} cannot be read: {Sentence} Until it can, all frames are {Fate}.")]
    private static partial void Failed(ILogger log, string line, string sentence, string fate);

    [LoggerMessage(EventIds.GateRecovered, LogLevel.Information, "The gate {Line} can be read again.")]
    private static partial void Recovered(ILogger log, string line);
}
