using System.CommandLine;
using EdgeVision.Delivery;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeVision.Module.Commands;

/// <summary><c>outbox replay</c>: a sink gets what is still held once more; the node must not run.</summary>
internal static class OutboxReplayCommand
{
    public static Command Create()
    {
        var sink = new Argument<string>("SINK") { Description = "Who gets them, by the name that outbox stat shows: mqtt, iothub" };
        var (data, config, from) = (OutboxCommand.Data(), OutboxCommand.Config(), OutboxCommand.From());
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask" };
        var replay = new Command("replay", "Sets a sink back, so that it gets held events again when the node starts; their ids stay. A running node is asked by its command 'replay' instead.") { sink, data, config, from, yes };
        replay.SetAction(parsed =>
        {
            var folder = OutboxCommand.Folder(parsed.GetValue(data), parsed.GetValue(config));
            var (name, first) = (parsed.GetValue(sink)!, parsed.GetValue(from) ?? 1);
            long before;
            using (var view = OutboxView.Open(folder))
            {
                var sinks = view.Figures().Sinks;
                var index = sinks.ToList().FindIndex(s => s.Sink == name);
                if (index < 0) throw new CommandException($"The outbox knows no sink '{name}'; it has {string.Join(", ", sinks.Select(s => s.Sink))}.");
                before = sinks[index].Position;
            }

            using var outbox = StoppedOutbox.Open(folder, TimeProvider.System, NullLogger.Instance);
            OutboxCommand.Confirm(parsed.GetValue(yes), $"{name} will get events from sequence {first} on again, as far as they are held.");
            var after = outbox.Replay(name, first) ?? before;
            using var now = OutboxView.Open(folder);
            Console.WriteLine(after < before
                ? $"{name} is set back from sequence {before} to {after}; it gets {Counted.Of(now.Count(after + 1, before), "event")} again when the node starts."
                : $"Nothing changes: {name} has come to sequence {before}, and nothing from {first} up to there is held any more.");
            return ExitCode.Done;
        });
        return replay;
    }
}
