using EdgeVision.Module.Rollout;
using Spectre.Console;

namespace EdgeVision.Module.Commands;

/// <summary>How far a download is, on stderr: a bar on a terminal, a line each tenth elsewhere; nothing where nothing is downloaded.</summary>
internal static class DownloadBar
{
    /// <param name="work">Tells its progress to its argument.</param>
    public static async Task<T> ShowAsync<T>(Func<IProgress<DownloadProgress>, Task<T>> work)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        if (Console.IsErrorRedirected || console.Profile.Capabilities is not { Interactive: true, Ansi: true }) return await work(new Lines());
        return await console.Progress()
            .AutoClear(true)
            .Columns(new SpinnerColumn(), new TaskDescriptionColumn(), new ProgressBarColumn(), new DownloadedColumn(), new TransferSpeedColumn(), new RemainingTimeColumn())
            .StartAsync(progress => work(new Bar(progress)));
    }

    private sealed class Bar(ProgressContext context) : IProgress<DownloadProgress>
    {
        private ProgressTask? _task;

        public void Report(DownloadProgress value)
        {
            _task ??= context.AddTask("download");
            _task.IsIndeterminate = value.Total is null;
            _task.MaxValue = Math.Max(1, value.Total ?? value.Bytes);
            _task.Value = value.Bytes;
        }
    }

    private sealed class Lines : IProgress<DownloadProgress>
    {
        private const long UnknownStep = 10 << 20;

        private long _tenth = -1;

        public void Report(DownloadProgress value)
        {
            var tenth = value.Total is > 0 and var total ? value.Bytes * 10 / total : value.Bytes / UnknownStep;
            if (tenth == _tenth) return;
            if (_tenth >= 0 || value.Bytes == value.Total) Console.Error.WriteLine($"{value.Bytes} of {value.Total?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "unknown"} bytes");
            _tenth = tenth;
        }
    }
}
