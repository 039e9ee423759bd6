using Spectre.Console;

namespace EdgeVision.Module.Commands;

/// <summary>How far long work is, on stderr: a bar on a terminal, a line each tenth elsewhere.</summary>
internal static class CommandProgress
{
    /// <param name="total">Steps.</param>
    /// <param name="unit">What they are, as "picture".</param>
    /// <param name="work">Calls its argument after each step.</param>
    public static async Task ShowAsync(int total, string unit, Func<Action, Task> work)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        if (Console.IsErrorRedirected || console.Profile.Capabilities is not { Interactive: true, Ansi: true })
        {
            await ShowLinesAsync(total, unit, work);
            return;
        }

        await console.Progress()
            .AutoClear(true)
            .Columns(new SpinnerColumn(), new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async progress =>
            {
                var task = progress.AddTask(Counted.Of(total, unit), maxValue: total);
                await work(() => task.Increment(1));
            });
    }

    private static async Task ShowLinesAsync(int total, string unit, Func<Action, Task> work)
    {
        var done = 0;
        await work(() =>
        {
            done++;
            if (done * 10L / total > (done - 1) * 10L / total) Console.Error.WriteLine($"{done} of {Counted.Of(total, unit)}");
        });
    }
}
