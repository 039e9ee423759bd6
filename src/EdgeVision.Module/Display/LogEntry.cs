using Microsoft.Extensions.Logging;

namespace EdgeVision.Module.Display;

/// <summary>One line of the log, as it is kept in memory.</summary>
internal readonly record struct LogEntry(DateTimeOffset Time, LogLevel Level, string Category, string Text);
