using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeVision.Commands;
using EdgeVision.Configuration;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Azure.Hub;

/// <summary>Hands what is called over a hub's link, direct methods and messages on the input <c>commands</c>, to the <see cref="CommandDesk"/>. Any thread.</summary>
/// <param name="desk">Runs it.</param>
/// <param name="log">For answers of input commands, which go nowhere else.</param>
public sealed partial class MethodDesk(CommandDesk desk, ILogger log)
{
    /// <summary>Name of the input whose messages are commands.</summary>
    public const string Input = "commands";

    private const int MaxShownAnswer = 1000;

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
        desk.Take(call.Request, call.Name, body, async done =>
        {
            alive.ThrowIfCancellationRequested();
            await answer(HubTopics.MethodAnswer(done.Status, call.Request), done.Body, alive).ConfigureAwait(false);
        });
        return ValueTask.CompletedTask;
    }

    /// <summary>Takes a message <c>{"command":"…","arguments":{…}}</c> of the input <see cref="Input"/>; others are nobody's. What comes of it is logged.</summary>
    /// <param name="message">Its message id, where it has one, makes a repeat known.</param>
    /// <param name="body">The message.</param>
    public ValueTask TakeInputAsync(HubArrival.Input message, byte[] body)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(body);
        if (message.Name != Input) InputUnknown(log, message.Name, Input);
        else if (ReadCommand(body, out var name, out var arguments) is { } wrong) InputRefused(log, Input, wrong);
        else desk.Take(message.Properties.TryGetValue("$.mid", out var id) ? id : Guid.NewGuid().ToString(), name, arguments, done => LogAsync(name, done));
        return ValueTask.CompletedTask;
    }

    private Task LogAsync(string name, CommandAnswer answer)
    {
        var text = Encoding.UTF8.GetString(answer.Body.Span);
        InputAnswered(log, CommandDesk.Shown(name), answer.Status, text.Length <= MaxShownAnswer ? text : text[..MaxShownAnswer] + "…");
        return Task.CompletedTask;
    }

    /// <summary>Null when it is a command, otherwise a sentence.</summary>
    private static string? ReadCommand(byte[] body, out string name, out byte[] arguments)
    {
        (name, arguments) = ("", []);
        const string Expected = "{\"command\":\"…\",\"arguments\":{…}}";
        if (JsonText.Parse(body, "The message", CommandDesk.MaxBytes, Expected, out var error) is not { } message) return error;
        if (message["command"] is not JsonValue command || command.GetValueKind() is not JsonValueKind.String) return $"It has no text \"command\"; {Expected} was expected.";
        if (message.FirstOrDefault(p => p.Key is not ("command" or "arguments")).Key is { } other) return $"The key \"{CommandDesk.Shown(other)}\" is unknown; {Expected} was expected.";
        (name, arguments) = (command.GetValue<string>(), Encoding.UTF8.GetBytes(message["arguments"]?.ToJsonString() ?? ""));
        return null;
    }

    [LoggerMessage(EventIds.InputCommandAnswered, LogLevel.Information, "The command {Command} of a message came to {Status}: {Answer}")]
    private static partial void InputAnswered(ILogger log, string command, int status, string answer);

    [LoggerMessage(EventIds.InputRefused, LogLevel.Warning, "A message of the input {Input} is no command: {Sentence}")]
    private static partial void InputRefused(ILogger log, string input, string sentence);

    // Trace: a route that leads here by mistake may bring one for each frame.
    [LoggerMessage(EventIds.InputUnknown, LogLevel.Trace, "Nothing listens to the input {Input}; commands are taken by {Known}.")]
    private static partial void InputUnknown(ILogger log, string input, string known);
}
