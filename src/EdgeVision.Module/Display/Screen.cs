using EdgeVision.Module.Remote;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace EdgeVision.Module.Display;

/// <summary>
/// What the process shows while the node runs: a live table on a terminal, lines otherwise. Logs go to stderr, or into the table.
/// </summary>
internal sealed partial class Screen : IAsyncDisposable
{
    private static readonly TimeSpan TableEvery = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan DemoLinesEvery = TimeSpan.FromSeconds(1);

    /// <summary>A log that is kept for weeks wants a sign of life, not a film.</summary>
    private static readonly TimeSpan LinesEvery = TimeSpan.FromMinutes(1);

    private readonly TimeSpan _linesEvery;
    private readonly Telemetry _telemetry;
    private readonly TimeProvider _time;
    private readonly bool _isInteractive;
    private readonly CancellationTokenSource _end = new();
    private Task _showing = Task.CompletedTask;

    private Screen(TimeSpan linesEvery, Telemetry telemetry, TimeProvider time, bool isInteractive, LogTail tail, LogLevelSwitch level, ILoggerFactory logs)
    {
        (_linesEvery, _telemetry, _time, _isInteractive) = (linesEvery, telemetry, time, isInteractive);
        (Tail, Level, Logs) = (tail, level, logs);
    }

    public ILoggerFactory Logs { get; }

    /// <summary>What was logged last.</summary>
    public LogTail Tail { get; }

    /// <summary>What is logged.</summary>
    public LogLevelSwitch Level { get; }

    /// <param name="demo">Somebody is watching: more lines where there is no terminal.</param>
    /// <param name="level">Least level that is logged.</param>
    /// <param name="telemetry">What is shown.</param>
    /// <param name="time">When.</param>
    public static Screen Open(bool demo, LogLevel level, Telemetry telemetry, TimeProvider time)
    {
        var interactive = !Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities is { Interactive: true, Ansi: true };
        var (tail, current) = (new LogTail(lines: 5, LogLevel.Trace, time, LogArguments.MaxLines), new LogLevelSwitch(level, time));
        var logs = LoggerFactory.Create(builder =>
        {
            builder.SetMinimumLevel(LogLevel.Trace).AddFilter(current.Allows).AddProvider(tail);
            if (!interactive) LogToStderr(builder);
        });
        return new Screen(demo ? DemoLinesEvery : LinesEvery, telemetry, time, interactive, tail, current, logs);
    }

    /// <summary>Shows until <see cref="EndAsync"/>.</summary>
    public void Show(NodeFacts facts) => _showing = ShowAsync(facts);

    /// <summary>Shows the last state and leaves the terminal as it was.</summary>
    public async Task EndAsync()
    {
        await _end.CancelAsync();
        await _showing;
    }

    /// <summary>Leaves the terminal as it was in any case: what failed is told below the table, with a cursor.</summary>
    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        Logs.Dispose();
        Level.Dispose();
        _end.Dispose();
    }

    /// <summary>The node's work is its events: a stdout that is full or gone ends the showing only.</summary>
    private async Task ShowAsync(NodeFacts facts)
    {
        try
        {
            await (_isInteractive ? ShowTableAsync(new LiveTable(_telemetry, facts, Tail, _time)) : ShowLinesAsync(facts));
        }
        catch (IOException e)
        {
            NotShown(Logs.CreateLogger("screen"), e.Message);
        }
    }

    private static void LogToStderr(ILoggingBuilder builder)
    {
        builder.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
            console.ColorBehavior = LoggerColorBehavior.Disabled;
        });
        builder.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }

    private Task ShowTableAsync(LiveTable table) => AnsiConsole.Live(Now(table)).StartAsync(async live =>
    {
        using var tick = new PeriodicTimer(TableEvery, _time);
        while (await TickAsync(tick)) live.UpdateTarget(Now(table));
        live.UpdateTarget(Now(table));
    });

    /// <summary>The terminal may be resized while it is watched.</summary>
    private static IRenderable Now(LiveTable table) => table.Render(AnsiConsole.Profile.Width, AnsiConsole.Profile.Height);

    private async Task ShowLinesAsync(NodeFacts facts)
    {
        Console.WriteLine($"Node {facts.Node}, model {facts.Model.Name} {facts.Model.Version}, MQTT {facts.Broker}.");
        Console.WriteLine($"Watch the events: {facts.Subscribe}");
        var lines = new PlainLines(_telemetry, facts, _time);
        using var tick = new PeriodicTimer(_linesEvery, _time);
        while (await TickAsync(tick)) Write(lines);
        Write(lines);

        static void Write(PlainLines lines)
        {
            foreach (var line in lines.Next()) Console.WriteLine(line);
        }
    }

    /// <summary>False when showing ends.</summary>
    private async ValueTask<bool> TickAsync(PeriodicTimer tick)
    {
        try
        {
            return await tick.WaitForNextTickAsync(_end.Token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    [LoggerMessage(EventIds.NotShown, LogLevel.Warning, "Standard output cannot be written ({Error}); the node goes on without showing its figures.")]
    private static partial void NotShown(ILogger log, string error);
}
