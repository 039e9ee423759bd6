using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using EdgeVision.Configuration;
using Spectre.Console;

namespace EdgeVision.Module.Commands;

/// <summary>
/// The commands, their options and their exit codes: 0 done, 1 a failure explained in one sentence on stderr, 2 wrong usage. Never a stack
/// trace: what nobody foresaw is one sentence too, with the details in the log at debug level.
/// </summary>
internal static class CommandLine
{
    public static async Task<int> InvokeAsync(string[] args, Func<NodeRequest, CancellationToken, Task> runNode)
    {
        var root = new Command("edgevision", "A camera node: frames from cameras go through an object detector on this machine, and what it sees becomes events on MQTT.")
        {
            NodeCommands.Demo(UntilStoppedAsync),
            NodeCommands.Run(UntilStoppedAsync),
            DetectCommand.Create(),
            EvalCommand.Create(),
            BenchCommand.Create(),
            ModelCommand.Create(),
            CameraCommand.Create(),
            GpioCommand.Create(),
            OutboxCommand.Create(),
            DoctorCommand.Create(),
            HealthcheckCommand.Create(),
            SecretCommand.Create(),
            SimulateCommand.Create(SimulateCommand.ServeAsync),
            new HelpOption { Recursive = true, Action = new HelpWithExamples() },
            new VersionOption(),
        };
        // A pipe has no width to fit.
        if (Console.IsOutputRedirected) AnsiConsole.Profile.Width = 1000;

        var parsed = root.Parse(AsOptions(args));
        if (parsed.Action is ParseErrorAction)
        {
            return await WrongUsageAsync(parsed, Told(parsed, root));
        }

        if (parsed.Tokens.Any(t => t.Type is TokenType.Argument && t.Value.Length == 0))
            return await WrongUsageAsync(parsed, ["An argument is empty; is a variable in the script not set?"]);

        using var stop = new StopSignal();
        try
        {
            if (parsed.CommandResult.Command.Options.FirstOrDefault(o => o.Name == "--report") is Option<string?> report && parsed.GetValue(report) is { } path) ReportFile.Check(path);
            // Signals are ours (StopSignal): the library would end a drain after two seconds and with an exit code of its own.
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, stop.Token);
        }
        catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("Interrupted before it was done; what is printed is not the whole result. Start it again.");
            return ExitCode.Failed;
        }
        catch (Exception e) when (Explained.Says(e) is { } sentence)
        {
            await Console.Error.WriteLineAsync(sentence);
            return ExitCode.Failed;
        }
#pragma warning disable CA1031 // The last line of defence: a person at a terminal gets a sentence, not a stack trace.
        catch (Exception e) when (Environment.GetEnvironmentVariable("EDGEVISION_TRACE") is null)
#pragma warning restore CA1031
        {
            await Console.Error.WriteLineAsync($"Something failed that EdgeVision did not foresee: {e.GetType().Name}: {e.Message} Please report it, with the output of the same command under EDGEVISION_TRACE=1.");
            return ExitCode.Failed;
        }

        // Being asked to stop is how a node ends, while it starts, too.
        async Task UntilStoppedAsync(NodeRequest request, CancellationToken stopping)
        {
            try
            {
                await runNode(request, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
            }
        }
    }

    /// <summary>People type the words that other tools have.</summary>
    private static string[] AsOptions(string[] args) => args switch
    {
        ["help", .. var command] => [.. command, "--help"],
        ["version"] => ["--version"],
        _ => args,
    };

    /// <summary>Of a word that is no command the library says first that a command is missing.</summary>
    private static IEnumerable<string> Told(ParseResult parsed, Command root)
    {
        if (parsed.CommandResult != parsed.RootCommandResult || parsed.UnmatchedTokens is not [var word, ..] || word.StartsWith('-')) return parsed.Errors.Select(e => e.Message);
        var commands = root.Subcommands.Select(c => c.Name).ToList();
        var nearest = Spelling.Nearest(word, commands);
        return [$"There is no command '{word}'{(nearest is null ? "." : $"; did you mean {nearest}?")} Commands are {string.Join(", ", commands)}."];
    }

    private static async Task<int> WrongUsageAsync(ParseResult parsed, IEnumerable<string> errors)
    {
        foreach (var error in errors) await Console.Error.WriteLineAsync(error);
        await Console.Error.WriteLineAsync($"See: {string.Join(' ', [parsed.RootCommandResult.Command.Name, .. HelpWithExamples.PathOf(parsed)])} --help");
        return ExitCode.WrongUsage;
    }
}
