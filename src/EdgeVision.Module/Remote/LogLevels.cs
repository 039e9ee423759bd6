using Microsoft.Extensions.Logging;

namespace EdgeVision.Module.Remote;

/// <summary>Levels as configuration and commands name them.</summary>
internal static class LogLevels
{
    public static (string Word, LogLevel Level)[] All { get; } =
        [("trace", LogLevel.Trace), ("debug", LogLevel.Debug), ("information", LogLevel.Information), ("warning", LogLevel.Warning), ("error", LogLevel.Error)];

    public static string WordOf(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "information",
        LogLevel.Warning => "warning",
        _ => "error",
    };
}
