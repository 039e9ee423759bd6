using EdgeVision.Delivery;
using EdgeVision.Frames;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Outputs;

/// <summary>
/// The one owner of an output's line: switches it as its wish, its pattern and its shortest times say. A line that fails is told once and
/// opened again, and nothing that uses the output notices. Any thread; quick but for its own timer, which opens the line.
/// </summary>
public sealed partial class OutputSwitch : IDisposable
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1), LastRetry = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly string _name;
    private readonly Func<IOutputLine> _open;
    private readonly Func<long, OutputPattern?> _wish;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly RetrySchedule _retries = new(FirstRetry, LastRetry, Random.Shared);
    private readonly long _beginning;
    private readonly OutputTiming _timing;
    private readonly ITimer _timer;
    private IOutputLine? _line;
    private bool? _written;
    private TimeSpan _retryAt;
    private bool _wasOurs, _isOpening, _isDisposed;

    /// <param name="name">For logs.</param>
    /// <param name="open">Opens its line; again after a failure.</param>
    /// <param name="wish">What is wanted at a timestamp, null for nothing; asked at every <see cref="Refresh"/>, under a lock: quick, and it never throws.</param>
    /// <param name="minimumOn">Shortest activation, see <see cref="OutputTiming"/>.</param>
    /// <param name="minimumOff">Shortest time between two.</param>
    /// <param name="time">Times all of it.</param>
    /// <param name="log">For failures, and at debug level for each switching.</param>
    public OutputSwitch(string name, Func<IOutputLine> open, Func<long, OutputPattern?> wish, TimeSpan minimumOn, TimeSpan minimumOff, TimeProvider time, ILogger log)
    {
        ArgumentNullException.ThrowIfNull(open);
        ArgumentNullException.ThrowIfNull(wish);
        ArgumentNullException.ThrowIfNull(time);
        (_name, _open, _wish, _time, _log) = (name, open, wish, time, log);
        _beginning = time.GetTimestamp();
        _timing = new OutputTiming(minimumOn, minimumOff, TimeSpan.Zero);
        _timer = time.CreateTimer(static output => ((OutputSwitch)output!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        // At the start rather than when it is needed: what is wrong is told at once, and the line has a level.
        Tick();
    }

    /// <summary>False while the line cannot be written.</summary>
    public bool IsWorking
    {
        get
        {
            lock (_gate) return _retries.Attempts == 0;
        }
    }

    /// <summary>What is wanted may have changed.</summary>
    public void Refresh()
    {
        lock (_gate) Apply();
    }

    /// <summary>On for so long (and for the shortest time on at least), whatever else is wanted; in the shortest time off it begins when that is over.</summary>
    /// <param name="length">Above zero.</param>
    /// <returns>False when the line does not work now, or not any more: the pulse is not given.</returns>
    public bool Pulse(TimeSpan length)
    {
        lock (_gate)
        {
            if (_isDisposed || _line is null) return false;
            _timing.Command(length);
            Apply();
            return _line is not null;
        }
    }

    /// <summary>Leaves the line in its safe state; nothing switches it afterwards.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isDisposed) return;
            _isDisposed = true;
            _timer.Dispose();
            if (_line is { } line) Close(line);
            else if (_wasOurs) CloseAgain();
            _line = null;
        }
    }

    private void Tick()
    {
        if (MustOpen()) Open();
        Refresh();
    }

    private bool MustOpen()
    {
        lock (_gate)
        {
            if (_isDisposed || _isOpening || _line is not null || Now < _retryAt) return false;
            return _isOpening = true;
        }
    }

    /// <summary>Outside the lock: it may take a while, and camera loops wait behind the lock.</summary>
    private void Open()
    {
        IOutputLine? line = null;
        CaptureException? failure = null;
        try
        {
            line = _open();
        }
        catch (CaptureException e)
        {
            failure = e;
        }

        lock (_gate)
        {
            _isOpening = false;
            if (_isDisposed && line is not null) Close(line);
            else if (failure is not null) Fail(failure);
            else (_line, _wasOurs) = (line, true);
        }
    }

    private void Apply()
    {
        if (_isDisposed) return;
        var now = Now;
        _timing.Want(_wish(_time.GetTimestamp()), now);
        var level = _timing.LevelAt(now, out var next);
        if (_line is not null && level != _written) Write(level);
        // A line that has failed in this very moment ended what it was told to do.
        if (_line is null)
        {
            _timing.LevelAt(now, out next);
            var retry = _isOpening ? Timeout.InfiniteTimeSpan : _retryAt - now;
            if (next == Timeout.InfiniteTimeSpan || (retry >= TimeSpan.Zero && retry < next)) next = retry;
        }

        // Whole milliseconds, upwards: a timer that is early would only ask again.
        if (next != Timeout.InfiniteTimeSpan) next = TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling(next.TotalMilliseconds)));
        _timer.Change(next, Timeout.InfiniteTimeSpan);
    }

    private void Write(bool level)
    {
        try
        {
            _line!.Write(level);
            if (_written is not null) Switched(_log, _name, level ? "on" : "off");
            _written = level;
            if (_retries.Attempts > 0) Recovered(_log, _name);
            _retries.Reset();
        }
        catch (CaptureException e)
        {
            Fail(e);
        }
    }

    private void Fail(CaptureException e)
    {
        if (_retries.Attempts == 0) Failed(_log, _name, e.Message);
        _retryAt = Now + _retries.Next();
        _timing.Interrupt(Now);
        try
        {
            _line?.Dispose();
        }
        catch (CaptureException)
        {
            // Told just now: the same line, and the same failure.
        }

        (_line, _written) = (null, null);
    }

    private void Close(IOutputLine line)
    {
        try
        {
            line.Dispose();
        }
        catch (CaptureException e)
        {
            NotSafe(_log, _name, e.Message);
        }
    }

    /// <summary>It failed while it was ours, and may be on: one last try.</summary>
    private void CloseAgain()
    {
        try
        {
            Close(_open());
        }
        catch (CaptureException e)
        {
            NotSafe(_log, _name, e.Message);
        }
    }

    private TimeSpan Now => _time.GetElapsedTime(_beginning);

    [LoggerMessage(EventIds.OutputSwitched, LogLevel.Debug, "Output {Output} is {Level}.")]
    private static partial void Switched(ILogger log, string output, string level);

    [LoggerMessage(EventIds.OutputFailed, LogLevel.Warning, "Output {Output} cannot be switched: {Sentence} It is tried again.")]
    private static partial void Failed(ILogger log, string output, string sentence);

    [LoggerMessage(EventIds.OutputRecovered, LogLevel.Information, "Output {Output} can be switched again.")]
    private static partial void Recovered(ILogger log, string output);

    [LoggerMessage(EventIds.OutputNotSafe, LogLevel.Warning, "Output {Output} could not be left in its safe state: {Sentence}")]
    private static partial void NotSafe(ILogger log, string output, string sentence);
}
