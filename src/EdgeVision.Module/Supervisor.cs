using EdgeVision.Delivery;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Module;

/// <summary>
/// Keeps tasks running, each for itself: what fails is logged, waited for and started again, and the others never notice. The one place
/// that catches everything.
/// </summary>
internal sealed partial class Supervisor : IAsyncDisposable
{
    /// <summary>A task that ran this long had recovered: its next failure begins a new episode.</summary>
    private static readonly TimeSpan Stable = TimeSpan.FromMinutes(1);

    /// <summary>A task that has not ended this long after it was told to hangs in the kernel (a dead disk, a device, a pipe nobody writes to).</summary>
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(3);

    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<(string Name, Task Task)> _tasks = [];
    private bool _disposed;

    public Supervisor(TimeProvider time, ILogger log) => (_time, _log) = (time, log);

    /// <summary>Starts <paramref name="work"/>. It ends by returning; by throwing it asks to be started again.</summary>
    /// <param name="name">For logs: "camera door".</param>
    /// <param name="work">The task.</param>
    /// <param name="retries">How long to wait before each new start.</param>
    /// <param name="failed">Told of each failure and the wait that follows; ends when the token fires.</param>
    public void Run(string name, Func<CancellationToken, Task> work, RetrySchedule retries, Func<Exception, TimeSpan, CancellationToken, Task>? failed = null) =>
        // Off the caller's thread: opening a camera or a broker may block, and the next task must not wait for it.
        _tasks.Add((name, Task.Run(() => KeepAsync(name, work, retries, failed))));

    /// <summary>Until every task has ended by itself, or <paramref name="stopping"/> fires.</summary>
    public async Task UntilEndedAsync(CancellationToken stopping)
    {
        try
        {
            await AllEnded().WaitAsync(stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Being asked to stop is how a module ends.
        }
    }

    /// <summary>Stops all and waits for them, for 3 s at most; what hangs then is named and left to end with the process.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        await _stop.CancelAsync();
        try
        {
            await AllEnded().WaitAsync(StopWithin, _time);
            _stop.Dispose();
        }
        catch (TimeoutException)
        {
            LeftBehind(_log, string.Join(", ", _tasks.Where(t => !t.Task.IsCompleted).Select(t => t.Name)), StopWithin.TotalSeconds);
        }
    }

    private Task AllEnded() => Task.WhenAll(_tasks.Select(t => t.Task));

    private async Task KeepAsync(string name, Func<CancellationToken, Task> work, RetrySchedule retries, Func<Exception, TimeSpan, CancellationToken, Task>? failed)
    {
        var stopping = _stop.Token;
        while (!stopping.IsCancellationRequested)
        {
            var started = _time.GetTimestamp();
            try
            {
                await work(stopping);
                return;
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // This is the one place that handles whatever a task threw.
            catch (Exception e)
#pragma warning restore CA1031
            {
                if (_time.GetElapsedTime(started) >= Stable) retries.Reset();
                var wait = retries.Next();
                Report(name, e, wait);
                if (!await TellAndWaitAsync(name, e, wait, failed, stopping)) return;
            }
        }
    }

    private async Task<bool> TellAndWaitAsync(
        string name, Exception e, TimeSpan wait, Func<Exception, TimeSpan, CancellationToken, Task>? failed, CancellationToken stopping)
    {
        try
        {
            try
            {
                if (failed is not null) await failed(e, wait, stopping);
            }
#pragma warning disable CA1031 // A failure that cannot be told is no reason to give the task up.
            catch (Exception untold) when (untold is not OperationCanceledException || !stopping.IsCancellationRequested)
#pragma warning restore CA1031
            {
                Report(name, untold, wait);
            }

            await Task.Delay(wait, _time, stopping);
            return true;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return false;
        }
    }

    private void Report(string name, Exception e, TimeSpan wait)
    {
        var seconds = Math.Round(wait.TotalSeconds, 1);
        if (Explained.Says(e) is { } sentence) FailedExplained(_log, name, sentence, seconds);
        else FailedUnexpectedly(_log, name, seconds, e);
    }

    [LoggerMessage(EventIds.TaskFailed, LogLevel.Warning, "{Name} failed: {Sentence} Trying again in {Seconds} s.")]
    private static partial void FailedExplained(ILogger log, string name, string sentence, double seconds);

    [LoggerMessage(EventIds.TaskBroke, LogLevel.Error, "{Name} failed in a way it should not; please report this. Trying again in {Seconds} s.")]
    private static partial void FailedUnexpectedly(ILogger log, string name, double seconds, Exception e);

    [LoggerMessage(EventIds.TaskLeftBehind, LogLevel.Warning,
        "{Names} did not end within {Seconds} s of being told to and ends with the process: the kernel, a disk, a device or a pipe holds it.")]
    private static partial void LeftBehind(ILogger log, string names, double seconds);
}
