using EdgeVision.Commands;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Module.Remote;

/// <summary><c>reloadModel</c> of a node whose model is named by its configuration: begun at once and told by the log, because opening a model takes its time.</summary>
/// <param name="reload">Null when the new one looks, otherwise a sentence, and the old one goes on.</param>
/// <param name="time">Bounds the end.</param>
/// <param name="log">For what became of it.</param>
internal sealed partial class ModelReload(Func<CancellationToken, Task<string?>> reload, TimeProvider time, ILogger log) : IAsyncDisposable
{
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private Task _running = Task.CompletedTask;

    public CommandAnswer Begin()
    {
        lock (_gate)
        {
            if (!_running.IsCompleted) return CommandAnswer.Refusal(CommandAnswer.Conflict, "The model is being opened already; see getStatus.");
            _running = Task.Run(ReloadAsync, CancellationToken.None);
        }

        return CommandAnswer.Of(CommandAnswer.Accepted, json => json.WriteString("state", "The model is opened anew; cameras go on with the old one until then (getStatus, getLogs)."));
    }

    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested) return;
        await _stop.CancelAsync();
        try
        {
            await _running.WaitAsync(StopWithin, time);
        }
        catch (TimeoutException)
        {
            // A model that takes so long to be opened ends with the process.
        }
    }

    private async Task ReloadAsync()
    {
        try
        {
            if (await reload(_stop.Token) is { } sentence) NotReloaded(log, sentence);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The node is being stopped.
        }
#pragma warning disable CA1031 // Nobody else awaits it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Broke(log, "reloadModel", e);
        }
    }

    [LoggerMessage(EventIds.ModelNotReloaded, LogLevel.Warning, "The model was not exchanged, the old one goes on: {Sentence}")]
    private static partial void NotReloaded(ILogger log, string sentence);

    [LoggerMessage(EventIds.CommandBroke, LogLevel.Error, "The command {Command} failed in a way it should not; please report this.")]
    private static partial void Broke(ILogger log, string command, Exception e);
}
