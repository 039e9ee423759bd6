using System.Globalization;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Commands;

/// <summary>
/// Runs the commands that come over links, of whichever kind: off the receiving path, a few at once, each within its time, none twice. It outlives links: an
/// answer whose link is gone waits for the repeat. Whatever a handler does, the link lives on. Any thread.
/// </summary>
public sealed partial class CommandDesk : IAsyncDisposable
{
    /// <summary>Of arguments and of an answer: IoT Hub's limit for methods, each way, and enough for others.</summary>
    public const int MaxBytes = 128 * 1024;

    /// <summary>Handlers at once, and calls that wait for one of them.</summary>
    public const int AtOnce = 4, MaxWaiting = 64;

    /// <summary>From arrival to answer: callers wait 30 s, where they say nothing else.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(25);

    private const int MaxShown = 64;

    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(3);

    private readonly CommandHandler _handler;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly CommandMemory _memory;
    private readonly SemaphoreSlim _slots = new(AtOnce);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly List<Task> _underWay = [];
    private int _calls;

    /// <param name="handler">Does the work.</param>
    /// <param name="time">Times limits and how long answers are kept.</param>
    /// <param name="log">For failures.</param>
    public CommandDesk(CommandHandler handler, TimeProvider time, ILogger log)
    {
        ArgumentNullException.ThrowIfNull(handler);
        ArgumentNullException.ThrowIfNull(time);
        (_handler, _time, _log, _memory) = (handler, time, log, new CommandMemory(time));
    }

    /// <summary>Takes a call and returns at once.</summary>
    /// <param name="request">The caller's id of it: one that comes twice, with the same name and arguments, runs once.</param>
    /// <param name="name">Of the command.</param>
    /// <param name="arguments">Unread.</param>
    /// <param name="recipient">Told the answer; of a repeat instead of the one before. It may throw: the answer is kept for a repeat.</param>
    public void Take(string request, string name, byte[] arguments, Func<CommandAnswer, Task> recipient)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(recipient);
        if (arguments.Length > MaxBytes)
        {
            Own(TellAsync(name, CommandAnswer.Refusal(CommandAnswer.TooLarge, $"The arguments have {arguments.Length} bytes; at most {MaxBytes} are taken."), recipient));
            return;
        }

        var call = _memory.Find(request, name, arguments, out var isRepeat);
        var stored = call.Redirect(recipient);
        if (isRepeat)
        {
            if (stored is { } again) Own(TellAsync(name, again, recipient));
        }
        else if (Interlocked.Increment(ref _calls) > AtOnce + MaxWaiting)
        {
            Interlocked.Decrement(ref _calls);
            _memory.Forget(call);
            Own(TellAsync(name, CommandAnswer.Refusal(CommandAnswer.TooMany, $"{AtOnce + MaxWaiting} commands run or wait already; call again in a moment."), recipient));
        }
        else
        {
            Own(RunAsync(call, arguments));
        }
    }

    /// <summary>What runs is told to end, and has 3 s.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested) return;
        await _stop.CancelAsync().ConfigureAwait(false);
        Task all;
        lock (_gate) all = Task.WhenAll(_underWay);
        try
        {
            await all.WaitAsync(StopWithin, _time).ConfigureAwait(false);
            _stop.Dispose();
        }
        catch (TimeoutException)
        {
            // A link that does not take the answer; it ends with the process.
        }
    }

    private async Task RunAsync(CommandCall call, byte[] arguments)
    {
        var began = _time.GetTimestamp();
        using var limit = new CancellationTokenSource(Limit, _time);
        // Off the receiving path.
        await Task.Yield();
        var answer = await AnswerAsync(call.Name, arguments, limit.Token).ConfigureAwait(false);
        if (answer.Body.Length > MaxBytes)
            answer = CommandAnswer.Refusal(CommandAnswer.TooLarge, $"The answer of '{Shown(call.Name)}' has {answer.Body.Length} bytes; a caller takes {MaxBytes}: ask for less.");
        var recipient = call.Finish(answer);
        _memory.Keep(call);
        Interlocked.Decrement(ref _calls);
        Answered(_log, Shown(call.Name), Shown(call.Request), answer.Status, _time.GetElapsedTime(began).TotalMilliseconds);
        if (recipient is not null) await TellAsync(call.Name, answer, recipient).ConfigureAwait(false);
    }

    /// <summary>Waits for a slot and for the handler, but not beyond <see cref="Limit"/>: one that does not listen keeps its slot, not its caller.</summary>
    private async Task<CommandAnswer> AnswerAsync(string name, byte[] arguments, CancellationToken limit)
    {
        var either = CancellationTokenSource.CreateLinkedTokenSource(limit, _stop.Token);
        Task<CommandAnswer>? work = null;
        try
        {
            await _slots.WaitAsync(either.Token).ConfigureAwait(false);
            work = Task.Run(() => HandleAsync(name, arguments, either.Token), CancellationToken.None);
            return await work.WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return CommandAnswer.Refusal(CommandAnswer.Unavailable, "This node is being stopped; call again when it runs.");
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            var what = string.Create(CultureInfo.InvariantCulture, $"{(work is null ? "had to wait for others for" : "did not end within")} {Limit.TotalSeconds:0} s");
            Late(_log, Shown(name), what);
            return CommandAnswer.Refusal(CommandAnswer.Late, $"'{Shown(name)}' {what}; call again later, or see the log of this node.");
        }
#pragma warning disable CA1031 // Whatever a handler throws: the caller is told, and the link lives on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Broke(_log, Shown(name), e);
            return CommandAnswer.Refusal(CommandAnswer.Broken, $"'{Shown(name)}' failed in a way it should not; the log of this node says how, please report it.");
        }
        finally
        {
            // Of a handler that goes on it is still the token.
            if (work?.IsCompleted != false) either.Dispose();
        }
    }

    private async Task<CommandAnswer> HandleAsync(string name, byte[] arguments, CancellationToken stopping)
    {
        try
        {
            return await _handler(name, arguments, stopping).ConfigureAwait(false);
        }
        finally
        {
            _slots.Release();
        }
    }

    private async Task TellAsync(string name, CommandAnswer answer, Func<CommandAnswer, Task> recipient)
    {
        try
        {
            await recipient(answer).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The link is over, in whatever way; the answer is kept for the repeat.
        catch (Exception e)
#pragma warning restore CA1031
        {
            NotSent(_log, Shown(name), e.Message);
        }
    }

    private void Own(Task task)
    {
        lock (_gate)
        {
            _underWay.RemoveAll(static t => t.IsCompleted);
            if (!task.IsCompleted) _underWay.Add(task);
        }
    }

    /// <summary>What somebody far away wrote, for one line of a log.</summary>
    public static string Shown(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > MaxShown) text = text[..(MaxShown - 1)] + "…";
        return string.Create(text.Length, text, static (line, from) =>
        {
            for (var i = 0; i < line.Length; i++) line[i] = char.IsControl(from[i]) ? '\uFFFD' : from[i];
        });
    }

    [LoggerMessage(EventIds.CommandAnswered, LogLevel.Debug, "The command {Command} ({Request}) was answered {Status} after {Milliseconds:0} ms.")]
    private static partial void Answered(ILogger log, string command, string request, int status, double milliseconds);

    [LoggerMessage(EventIds.CommandBroke, LogLevel.Error, "The command {Command} failed in a way it should not; please report this.")]
    private static partial void Broke(ILogger log, string command, Exception e);

    [LoggerMessage(EventIds.CommandLate, LogLevel.Warning, "The command {Command} {What}; its caller was told so.")]
    private static partial void Late(ILogger log, string command, string what);

    [LoggerMessage(EventIds.AnswerNotSent, LogLevel.Debug, "The answer of {Command} could not be sent ({Reason}); it is kept for a repeat of the call.")]
    private static partial void NotSent(ILogger log, string command, string reason);
}
