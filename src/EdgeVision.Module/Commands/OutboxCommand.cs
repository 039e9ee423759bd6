using System.CommandLine;
using EdgeVision.Events;

namespace EdgeVision.Module.Commands;

/// <summary><c>outbox stat|list|export|purge|replay</c>: the events that a node holds, for field service.</summary>
internal static class OutboxCommand
{
    public static Command Create() => new("outbox", "The events that a node holds: what there is, which a sink refused, taking them out, giving them up, and sending them again.")
    {
        OutboxStatCommand.Create(),
        OutboxListCommand.Create(),
        OutboxExportCommand.Create(),
        OutboxPurgeCommand.Create(),
        OutboxReplayCommand.Create(),
    };

    public static Option<string?> Data() => new("--data") { Description = "Data folder of the node; otherwise that of its configuration", HelpName = "DIR" };

    public static Option<string?> Config() => new("--config", "-c") { Description = "Configuration of the node, which names the data folder", HelpName = "FILE" };

    public static Option<bool> Json() => new("--json") { Description = "One JSON document on stdout" };

    public static Option<long?> From() => NumberOption.Create("--from", "SEQUENCE", 1L, long.MaxValue, "First sequence; otherwise the oldest");

    public static Option<long?> To() => NumberOption.Create("--to", "SEQUENCE", 1L, long.MaxValue, "Last sequence; otherwise the newest");

    public static Option<string?> Family()
    {
        var family = new Option<string?>("--family") { Description = "Only events of this family", HelpName = "WORD" };
        family.AcceptOnlyFromAmong([.. Enum.GetValues<EventFamily>().Select(VisionEventJson.WordOf)]);
        return family;
    }

    public static EventFamily? FamilyOf(string? word) => word is null ? null : Enum.GetValues<EventFamily>().First(f => VisionEventJson.WordOf(f) == word);

    /// <summary>By the option, else by configuration and environment, as the node itself finds it.</summary>
    public static string Folder(string? data, string? config) =>
        data ?? Settings.Load(new NodeRequest { Config = config }, Settings.ProcessEnvironment(), camerasRequired: false).DataDirectory
        ?? throw new CommandException("No data folder is configured; name the node's with --data.");

    /// <summary>Asks at a terminal; elsewhere --yes has to be there.</summary>
    public static void Confirm(bool yes, string what)
    {
        if (yes) return;
        if (Console.IsInputRedirected) throw new CommandException($"{what} Nothing is done without --yes.");
        Console.Error.Write($"{what} Type yes to go on: ");
        if (Console.ReadLine()?.Trim() != "yes") throw new CommandException("Nothing was done.");
    }
}
