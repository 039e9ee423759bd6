using EdgeVision.Configuration;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Module.Remote;

/// <summary>Of <c>getLogs</c>.</summary>
internal sealed record LogArguments(int Lines, LogLevel Level)
{
    /// <summary>As many are kept in memory.</summary>
    public const int MaxLines = 1000;

    public static LogArguments Read(OptionsReader arguments) => new(
        arguments.Integer("lines", 100, 1, MaxLines, "Newest lines, at most."),
        arguments.OneOf("level", LogLevel.Trace, "Least level of them; what was not logged is not there.", LogLevels.All));
}
