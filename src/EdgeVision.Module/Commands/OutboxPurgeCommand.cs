using System.CommandLine;
using EdgeVision.Delivery;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeVision.Module.Commands;

/// <summary><c>outbox purge</c>: gives events up; the node must not run.</summary>
internal static class OutboxPurgeCommand
{
    public static Command Create()
    {
        var (data, config, to, family) = (OutboxCommand.Data(), OutboxCommand.Config(), OutboxCommand.To(), OutboxCommand.Family());
        var dead = new Option<bool>("--dead") { Description = "Dead letters instead of events" };
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask" };
        var purge = new Command("purge", "Deletes held events. The node must be stopped; when it starts, an event tells its consumers what not every sink had.") { data, config, to, family, dead, yes };
        purge.SetAction(parsed =>
        {
            var folder = OutboxCommand.Folder(parsed.GetValue(data), parsed.GetValue(config));
            var upTo = parsed.GetValue(to) ?? long.MaxValue;
            var what = parsed.GetValue(dead) ? "All dead letters" : $"{(parsed.GetValue(family) is { } word ? $"Events of family {word}" : "All events")}{(upTo == long.MaxValue ? "" : $" up to sequence {upTo}")}";
            using var outbox = StoppedOutbox.Open(folder, TimeProvider.System, NullLogger.Instance);
            OutboxCommand.Confirm(parsed.GetValue(yes), $"{what} in '{folder}' will be deleted for good.");
            var gone = parsed.GetValue(dead) ? outbox.PurgeDeadLetters() : outbox.Purge(upTo, OutboxCommand.FamilyOf(parsed.GetValue(family)));
            Console.WriteLine($"{Counted.Of(gone, parsed.GetValue(dead) ? "dead letter" : "event")} deleted.");
            return ExitCode.Done;
        });
        return purge;
    }
}
