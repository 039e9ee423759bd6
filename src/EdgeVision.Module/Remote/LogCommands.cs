using EdgeVision.Commands;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Module.Remote;

/// <summary><c>setLogLevel</c>, <c>getLogs</c>.</summary>
internal sealed partial class LogCommands(RemoteNode node)
{
    /// <summary>Of the lines in an answer, whose limit is 128 KB.</summary>
    private const int MaxBytes = 96 * 1024;

    /// <summary>Names, quotes and time of a line; and the worst that JSON makes of one byte.</summary>
    private const int LineOverhead = 100, WorstEscape = 6;

    public ValueTask<CommandAnswer> SetLevel(LogLevelArguments arguments, CancellationToken stopping)
    {
        var level = node.LogLevel;
        level.Override(arguments.Level, arguments.Length);
        var until = level.Until is { } end ? $"until {Times.Of(end)}" : "until the restart";
        LevelChanged(node.Logger, LogLevels.WordOf(arguments.Level), until);
        return ValueTask.FromResult(CommandAnswer.Of(CommandAnswer.Ok, json =>
        {
            json.WriteString("level", LogLevels.WordOf(level.Current));
            json.WriteString("configured", LogLevels.WordOf(level.Configured));
            if (level.Until is { } back) json.WriteString("until", Times.Of(back));
            else json.WriteNull("until");
        }));
    }

    /// <summary>The newest lines that fit; of those that do not the oldest are left out.</summary>
    public ValueTask<CommandAnswer> Tail(LogArguments arguments, CancellationToken stopping)
    {
        var newest = node.Log.Newest(arguments.Lines, arguments.Level);
        var masked = new string[newest.Count];
        var first = newest.Count;
        for (var room = MaxBytes; first > 0; first--)
        {
            var text = LogMask.Apply(newest[first - 1].Text);
            room -= LineOverhead + newest[first - 1].Category.Length + JsonBytes(text);
            if (room < 0) break;
            masked[first - 1] = text;
        }

        return ValueTask.FromResult(CommandAnswer.Of(CommandAnswer.Ok, json =>
        {
            json.WriteString("level", LogLevels.WordOf(node.LogLevel.Current));
            json.WriteBoolean("truncated", first > 0);
            json.WriteStartArray("lines");
            for (var i = first; i < newest.Count; i++)
            {
                json.WriteStartObject();
                json.WriteString("time", Times.Of(newest[i].Time));
                json.WriteString("level", LogLevels.WordOf(newest[i].Level));
                json.WriteString("category", newest[i].Category);
                json.WriteString("text", masked[i]);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }));
    }

    /// <summary>Never too few: plain letters are themselves, everything else is counted as if it were escaped.</summary>
    private static int JsonBytes(string text)
    {
        var bytes = 0;
        foreach (var letter in text) bytes += letter is >= ' ' and <= '~' and not ('"' or '\\') ? 1 : WorstEscape;
        return bytes;
    }

    [LoggerMessage(EventIds.LogLevelChanged, LogLevel.Information, "The log level is {Level} {Until}, by a command.")]
    private static partial void LevelChanged(ILogger log, string level, string until);
}
