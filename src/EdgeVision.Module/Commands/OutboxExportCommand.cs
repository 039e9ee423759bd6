using System.CommandLine;
using EdgeVision.Delivery;

namespace EdgeVision.Module.Commands;

/// <summary><c>outbox export</c>: events as JSON lines, the form they are sent in.</summary>
internal static class OutboxExportCommand
{
    public static Command Create()
    {
        var (data, config, from, to, family) = (OutboxCommand.Data(), OutboxCommand.Config(), OutboxCommand.From(), OutboxCommand.To(), OutboxCommand.Family());
        var output = new Option<string?>("--output", "-o") { Description = "File to write, otherwise stdout; it is made anew", HelpName = "FILE" };
        var dead = new Option<bool>("--dead") { Description = "Events that a sink refused for good instead" };
        var export = new Command("export", "Writes events as JSON lines (CloudEvents, one a line). Works beside a running node; nothing is taken out.") { data, config, from, to, family, output, dead };
        export.SetAction(async (parsed, stopping) =>
        {
            using var view = OutboxView.Open(OutboxCommand.Folder(parsed.GetValue(data), parsed.GetValue(config)));
            var wanted = OutboxCommand.FamilyOf(parsed.GetValue(family));
            var (first, last) = (parsed.GetValue(from) ?? 1, parsed.GetValue(to) ?? long.MaxValue);
            var letters = parsed.GetValue(dead) ? view.DeadLetters(int.MaxValue).Reverse().Select(l => l.Entry) : null;
            var total = letters is null ? view.Count(first, last) : view.Figures().DeadLetters;
            await using var file = Open(parsed.GetValue(output));
            var written = 0L;
            await CommandProgress.ShowAsync((int)Math.Clamp(total, 1, int.MaxValue), "event", async step =>
            {
                foreach (var entry in letters ?? view.Entries(first, last))
                {
                    step();
                    if (wanted is not null && entry.Family != wanted) continue;
                    await file.WriteAsync(entry.Body, stopping);
                    file.WriteByte((byte)'\n');
                    written++;
                }

                await file.FlushAsync(stopping);
            });
            await Console.Error.WriteLineAsync($"{Counted.Of(written, "event")} written.");
            return ExitCode.Done;
        });
        return export;
    }

    private static BufferedStream Open(string? path)
    {
        if (path is null) return new BufferedStream(Console.OpenStandardOutput(), 1 << 16);
        try
        {
            var file = OwnedFile.Create(path, FileShare.None);
            file.SetLength(0);
            return new BufferedStream(file, 1 << 16);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"Cannot write '{path}': {e.Message} Name a file this user may write with --output.", e);
        }
    }
}
