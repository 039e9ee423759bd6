using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using EdgeVision.Delivery;
using EdgeVision.Events;

namespace EdgeVision.Module.Commands;

/// <summary><c>outbox list</c>: a line an event; with --dead what sinks refused and why.</summary>
internal static class OutboxListCommand
{
    private const int Most = 1_000_000;

    public static Command Create()
    {
        var (data, config, json, from, to, family) = (OutboxCommand.Data(), OutboxCommand.Config(), OutboxCommand.Json(), OutboxCommand.From(), OutboxCommand.To(), OutboxCommand.Family());
        var dead = new Option<bool>("--dead") { Description = "Events that a sink refused for good, newest first" };
        var limit = NumberOption.Create("--limit", "COUNT", 1, Most, "At most so many; otherwise 100");
        var list = new Command("list", "Lists events that are held, oldest first. Works beside a running node.") { data, config, json, from, to, family, dead, limit };
        list.SetAction(parsed =>
        {
            using var view = OutboxView.Open(OutboxCommand.Folder(parsed.GetValue(data), parsed.GetValue(config)));
            var most = parsed.GetValue(limit) ?? 100;
            var wanted = OutboxCommand.FamilyOf(parsed.GetValue(family));
            var letters = parsed.GetValue(dead) ? view.DeadLetters(most) : [];
            var entries = parsed.GetValue(dead) ? [] : view.Entries(parsed.GetValue(from) ?? 1, parsed.GetValue(to) ?? long.MaxValue).Where(e => wanted is null || e.Family == wanted).Take(most);
            if (parsed.GetValue(json)) JsonOutput.Write(writer => Write(writer, entries, letters));
            else Show(entries, letters);
            return ExitCode.Done;
        });
        return list;
    }

    private static void Show(IEnumerable<OutboxEntry> entries, IReadOnlyList<DeadLetter> letters)
    {
        foreach (var entry in entries) Console.WriteLine(LineOf(entry));
        foreach (var letter in letters) Console.WriteLine($"{LineOf(letter.Entry)}  {letter.Sink}: {letter.Reason}");
    }

    private static string LineOf(OutboxEntry entry) => string.Create(
        CultureInfo.InvariantCulture,
        $"{entry.Sequence,10}  {entry.Time.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}  {VisionEventJson.WordOf(entry.Family),-6}  {entry.Severity,-7}  {entry.Camera ?? "node",-16}  {entry.Body.Length,6} B  {entry.Id}");

    private static void Write(Utf8JsonWriter json, IEnumerable<OutboxEntry> entries, IReadOnlyList<DeadLetter> letters)
    {
        json.WriteStartObject();
        json.WriteStartArray("events");
        foreach (var entry in entries) json.WriteRawValue(entry.Body.Span);
        json.WriteEndArray();
        json.WriteStartArray("deadLetters");
        foreach (var letter in letters)
        {
            json.WriteStartObject();
            json.WriteString("sink", letter.Sink);
            json.WriteString("reason", letter.Reason);
            json.WriteString("rejectedAt", letter.RejectedAt);
            json.WritePropertyName("event");
            json.WriteRawValue(letter.Entry.Body.Span);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
