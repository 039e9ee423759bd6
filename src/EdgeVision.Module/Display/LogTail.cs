using Microsoft.Extensions.Logging;

namespace EdgeVision.Module.Display;

/// <summary>Keeps the last lines of the log: a few for the live table, which owns the terminal while it is shown, and more for whoever asks from afar.</summary>
/// <param name="lines">Shown in the table.</param>
/// <param name="level">Least level that is kept.</param>
/// <param name="time">Stamps the lines.</param>
/// <param name="kept">For <see cref="Newest"/>; at least <paramref name="lines"/>.</param>
internal sealed class LogTail(int lines, LogLevel level, TimeProvider time, int kept = 0) : ILoggerProvider
{
    /// <summary>Characters of a kept line: a thousand of them are 4 MB at most.</summary>
    private const int MaxText = 2000;

    private readonly Queue<LogEntry> _entries = new();
    private readonly Lock _gate = new();

    /// <summary>For the table, oldest first.</summary>
    public IReadOnlyList<string> Lines => [.. Newest(lines).Select(e => $"{TimeZoneInfo.ConvertTime(e.Time, time.LocalTimeZone):HH:mm:ss} {e.Text}")];

    /// <summary>The newest of what is kept, oldest first.</summary>
    /// <param name="count">At most.</param>
    /// <param name="least">Least level.</param>
    public IReadOnlyList<LogEntry> Newest(int count, LogLevel least = LogLevel.Trace)
    {
        lock (_gate) return [.. _entries.Where(e => e.Level >= least).TakeLast(count)];
    }

    public ILogger CreateLogger(string categoryName) => new Tail(this, categoryName);

    public void Dispose()
    {
    }

    private void Add(LogEntry entry)
    {
        lock (_gate)
        {
            if (_entries.Count == Math.Max(lines, kept)) _entries.Dequeue();
            _entries.Enqueue(entry);
        }
    }

    private sealed class Tail(LogTail owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= owner.Level;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel)) return;
            var text = formatter(state, exception);
            if (exception is not null) text = $"{text} {exception.GetType().Name}: {exception.Message}";
            owner.Add(new LogEntry(owner.Clock, logLevel, category, text.Length <= MaxText ? text : text[..(MaxText - 1)] + "…"));
        }
    }

    private LogLevel Level => level;

    private DateTimeOffset Clock => time.GetUtcNow();
}
