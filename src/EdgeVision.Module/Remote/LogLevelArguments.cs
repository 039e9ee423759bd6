using EdgeVision.Configuration;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Module.Remote;

/// <summary>Of <c>setLogLevel</c>.</summary>
/// <param name="Level">From now on.</param>
/// <param name="Length">Null until the restart.</param>
internal sealed record LogLevelArguments(LogLevel Level, TimeSpan? Length)
{
    private const int MaxMinutes = 7 * 24 * 60;

    public static LogLevelArguments Read(OptionsReader arguments) => new(
        arguments.RequiredOneOf("level", "Least level that is logged.", LogLevels.All),
        arguments.Integer("minutes", 60, 0, MaxMinutes, "Then the configured level is back; 0 keeps the new one until the restart.") is var minutes and > 0 ? TimeSpan.FromMinutes(minutes) : null);
}
