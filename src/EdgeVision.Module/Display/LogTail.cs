using Microsoft.Extensions.Logging;

namespace EdgeVision.Module.Display;

/// <summary>Keeps the last lines of the log for the live table, which owns the terminal while it is shown.</summary>
internal sealed class LogTail(int lines, LogLevel level, TimeProvider time) : ILoggerProvider
{
    private readonly Queue<string> _lines = new(lines);
    private readonly Lock _gate = new();

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_gate) return [.. _lines];
        }
    }

    public ILogger CreateLogger(string categoryName) => new Tail(this);

    public void Dispose()
    {
    }

    private void Add(string line)
    {
        lock (_gate)
        {
            if (_lines.Count == lines) _lines.Dequeue();
            _lines.Enqueue(line);
        }
    }

    private sealed class Tail(LogTail owner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= owner.Level;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) owner.Add($"{owner.Clock:HH:mm:ss} {formatter(state, exception)}");
        }
    }

    private LogLevel Level => level;

    private DateTimeOffset Clock => time.GetLocalNow();
}
