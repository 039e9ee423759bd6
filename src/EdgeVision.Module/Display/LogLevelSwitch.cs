using Microsoft.Extensions.Logging;

namespace EdgeVision.Module.Display;

/// <summary>What is logged now: the configured level, or for some time another one. Asked for every line; any thread.</summary>
internal sealed class LogLevelSwitch : IDisposable
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly ITimer _back;
    private LogLevel _configured;
    private volatile int _current;
    private bool _isOverridden;
    private DateTimeOffset? _until;

    public LogLevelSwitch(LogLevel configured, TimeProvider time)
    {
        (_time, _configured, _current) = (time, configured, (int)configured);
        _back = time.CreateTimer(static level => ((LogLevelSwitch)level!).Reset(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public LogLevel Current => (LogLevel)_current;

    public LogLevel Configured
    {
        get
        {
            lock (_gate) return _configured;
        }
    }

    /// <summary>When the configured level is back; null when it is there, or another one stays until the restart.</summary>
    public DateTimeOffset? Until
    {
        get
        {
            lock (_gate) return _until;
        }
    }

    public bool Allows(LogLevel level) => (int)level >= _current;

    /// <summary>The configuration says another level; one that was asked for by hand goes on for its time.</summary>
    public void Configure(LogLevel level)
    {
        lock (_gate)
        {
            _configured = level;
            if (!_isOverridden) _current = (int)level;
        }
    }

    /// <param name="level">From now on.</param>
    /// <param name="length">Then the configured level is back; null for never.</param>
    public void Override(LogLevel level, TimeSpan? length)
    {
        lock (_gate)
        {
            (_isOverridden, _current) = (true, (int)level);
            _until = _time.GetUtcNow() + length;
            _back.Change(length ?? Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose() => _back.Dispose();

    private void Reset()
    {
        lock (_gate) (_isOverridden, _current, _until) = (false, (int)_configured, null);
    }
}
