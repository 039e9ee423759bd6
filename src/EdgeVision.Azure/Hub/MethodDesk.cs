using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeVision.Commands;
using EdgeVision.Configuration;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Azure.Hub;

/// <summary>
/// Runs what is called over a link, direct methods and messages on the input <c>commands</c>: off the receiving path, a few at once, each within its time,
/// none twice. It outlives links: an answer whose link is gone waits for the repeat. Whatever a handler does, the link lives on. Any thread.
/// </summary>
public sealed partial class MethodDesk : IAsyncDisposable
{
    /// <summary>Name of the input whose messages are commands.</summary>
    public const string Input = "commands";

    /// <summary>Of arguments and of an answer: IoT Hub's limit, each way.</summary>
    public const int MaxBytes = 128 * 1024;

    /// <summary>Handlers at once, and calls that wait for one of them.</summary>
    public const int AtOnce = 4, MaxWaiting = 64;

    /// <summary>From arrival to answer: callers wait 30 s, where they say nothing else.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(25);

    private const int MaxShown = 64, MaxShownAnswer = 1000;

    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(3);

    private readonly CommandHandler _handler;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly MethodMemory _memory;
    private readonly SemaphoreSlim _slots = new(AtOnce);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly List<Task> _underWay = [];
    private int _calls;

    /// <param name="handler">Does the work.</param>
    /// <param name="time">Times limits and how long answers are kept.</param>
    /// <param name="log">For failures, and for answers of input commands, which go nowhere else.</param>
    public MethodDesk(CommandHandler handler, TimeProvider time, ILogger log)
    {
        ArgumentNullException.ThrowIfNull(handler);
        ArgumentNullException.ThrowIfNull(time);
        (_handler, _time, _log, _memory) = (handler, time, log, new MethodMemory(time));
    }

    /// <summary>Takes a direct method and returns at once; the answer follows by <paramref name="answer"/>, or by that of a later repeat.</summary>
    /// <param name="call">What is called.</param>
    /// <param name="body">Its payload.</param>
    /// <param name="answer">Publishes a topic and a body over the link that the call came from.</param>
    /// <param name="alive">While that link lives.</param>
    public ValueTask TakeAsync(HubArrival.Method call, byte[] body, Func<string, ReadOnlyMemory<byte>, CancellationToken, Task> answer, CancellationToken alive)
    {
        ArgumentNullException.ThrowIfNull(call);
        ArgumentNullException.ThrowIfNull(body);
        ArgumentNullException.ThrowIfNull(answer);
        Take(call.Request, call.Name, body, done => SendAsync(call, done, answer, alive));
        return ValueTask.CompletedTask;
    }

    /// <summary>Takes a message <c>{"command":"…","arguments":{…}}</c> of the input <see cref="Input"/>; others are nobody's. What comes of it is logged.</summary>
    /// <param name="message">Its message id, where it has one, makes a repeat known.</param>
    /// <param name="body">The message.</param>
    public ValueTask TakeInputAsync(HubArrival.Input message, byte[] body)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(body);
        if (message.Name != Input) InputUnknown(_log, message.Name, Input);
        else if (ReadCommand(body, out var name, out var arguments) is { } wrong) InputRefused(_log, Input, wrong);
        else Take(message.Properties.TryGetValue("$.mid", out var id) ? id : Guid.NewGuid().ToString(), name, arguments, done => LogAsync(name, done));
        return ValueTask.CompletedTask;
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

    private void Take(string request, string name, byte[] arguments, Func<CommandAnswer, Task> recipient)
    {
        if (arguments.Length > MaxBytes)
        {
            Own(recipient(CommandAnswer.Refusal(CommandAnswer.TooLarge, $"The arguments have {arguments.Length} bytes; at most {MaxBytes} are taken.")));
            return;
        }

        var call = _memory.Find(request, name, arguments, out var isRepeat);
        var stored = call.Redirect(recipient);
        if (isRepeat)
        {
            if (stored is { } again) Own(recipient(again));
        }
        else if (Interlocked.Increment(ref _calls) > AtOnce + MaxWaiting)
        {
            Interlocked.Decrement(ref _calls);
            _memory.Forget(call);
            Own(recipient(CommandAnswer.Refusal(CommandAnswer.TooMany, $"{AtOnce + MaxWaiting} commands run or wait already; call again in a moment.")));
        }
        else
        {
            Own(RunAsync(call, arguments));
        }
    }

    private async Task RunAsync(MethodCall call, byte[] arguments)
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
        if (recipient is not null) await recipient(answer).ConfigureAwait(false);
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

    private async Task SendAsync(HubArrival.Method call, CommandAnswer answer, Func<string, ReadOnlyMemory<byte>, CancellationToken, Task> send, CancellationToken alive)
    {
        try
        {
            alive.ThrowIfCancellationRequested();
            await send(HubTopics.MethodAnswer(answer.Status, call.Request), answer.Body, alive).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The link is over, in whatever way; the answer is kept for the repeat.
        catch (Exception e)
#pragma warning restore CA1031
        {
            NotSent(_log, Shown(call.Name), e.Message);
        }
    }

    private Task LogAsync(string name, CommandAnswer answer)
    {
        var text = Encoding.UTF8.GetString(answer.Body.Span);
        InputAnswered(_log, Shown(name), answer.Status, text.Length <= MaxShownAnswer ? text : text[..MaxShownAnswer] + "…");
        return Task.CompletedTask;
    }

    /// <summary>Null when it is a command, otherwise a sentence.</summary>
    private static string? ReadCommand(byte[] body, out string name, out byte[] arguments)
    {
        (name, arguments) = ("", []);
        const string Expected = "{\"command\":\"…\",\"arguments\":{…}}";
        if (JsonText.Parse(body, "The message", MaxBytes, Expected, out var error) is not { } message) return error;
        if (message["command"] is not JsonValue command || command.GetValueKind() is not JsonValueKind.String) return $"It has no text \"command\"; {Expected} was expected.";
        if (message.FirstOrDefault(p => p.Key is not ("command" or "arguments")).Key is { } other) return $"The key \"{Shown(other)}\" is unknown; {Expected} was expected.";
        (name, arguments) = (command.GetValue<string>(), Encoding.UTF8.GetBytes(message["arguments"]?.ToJsonString() ?? ""));
        return null;
    }

    private void Own(Task task)
    {
        lock (_gate)
        {
            _underWay.RemoveAll(static t => t.IsCompleted);
            if (!task.IsCompleted) _underWay.Add(task);
        }
    }

    /// <summary>Of somebody far away, for one line of a log.</summary>
    private static string Shown(string text)
    {
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

    [LoggerMessage(EventIds.InputCommandAnswered, LogLevel.Information, "The command {Command} of a message came to {Status}: {Answer}")]
    private static partial void InputAnswered(ILogger log, string command, int status, string answer);

    [LoggerMessage(EventIds.InputRefused, LogLevel.Warning, "A message of the input {Input} is no command: {Sentence}")]
    private static partial void InputRefused(ILogger log, string input, string sentence);

    // Trace: a route that leads here by mistake may bring one for each frame.
    [LoggerMessage(EventIds.InputUnknown, LogLevel.Trace, "Nothing listens to the input {Input}; commands are taken by {Known}.")]
    private static partial void InputUnknown(ILogger log, string input, string known);
}
