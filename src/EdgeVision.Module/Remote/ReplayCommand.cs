using System.Globalization;
using EdgeVision.Commands;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Module.Remote;

/// <summary><c>replay</c>: a consumer that saw a gap in <c>sequence</c> asks for it, while it is still held.</summary>
internal sealed partial class ReplayCommand(RemoteNode node)
{
    public ValueTask<CommandAnswer> Run(ReplayArguments arguments, CancellationToken stopping) => ValueTask.FromResult(Run(arguments));

    private CommandAnswer Run(ReplayArguments arguments)
    {
        var sinks = node.Outbox.Sinks;
        if (!sinks.Contains(arguments.Sink, StringComparer.Ordinal)) return Names.Unknown("sink", sinks);
        var held = node.Outbox.Cursor(arguments.Sink).Replay(arguments.From, arguments.To);
        if (held == 0) return CommandAnswer.Refusal(CommandAnswer.Unknown, NotHeld(arguments));
        Asked(node.Logger, arguments.Sink, arguments.From, arguments.To, held);
        return CommandAnswer.Of(CommandAnswer.Accepted, json =>
        {
            json.WriteString("sink", arguments.Sink);
            json.WriteNumber("from", arguments.From);
            json.WriteNumber("to", arguments.To);
            json.WriteNumber("held", held);
            json.WriteNumber("missing", arguments.To - arguments.From + 1 - held);
        });
    }

    private string NotHeld(ReplayArguments arguments)
    {
        var status = node.Outbox.Status;
        var range = arguments.From == arguments.To
            ? string.Create(CultureInfo.InvariantCulture, $"Event {arguments.From}")
            : string.Create(CultureInfo.InvariantCulture, $"Of the events {arguments.From} to {arguments.To} none");
        var not = arguments.From == arguments.To ? " not" : "";
        if (arguments.From > status.LastSequence) return string.Create(CultureInfo.InvariantCulture, $"{range} is{not} there yet; the newest is {status.LastSequence}: ask for what has been missed.");
        return status.OldestSequence > status.LastSequence
            ? string.Create(CultureInfo.InvariantCulture, $"{range} is{not} held any more; every sink has what there was up to {status.LastSequence}: ask sooner, or raise Outbox:KeepDeliveredMinutes.")
            : string.Create(CultureInfo.InvariantCulture, $"{range} is{not} held any more; held are those from {status.OldestSequence} to {status.LastSequence}: ask for these, and sooner, or raise Outbox:KeepDeliveredMinutes.");
    }

    [LoggerMessage(EventIds.ReplayAsked, LogLevel.Information, "{Sink} sends events {From} to {To} again, as somebody asked: {Count} of them are held.")]
    private static partial void Asked(ILogger log, string sink, long from, long to, long count);
}
