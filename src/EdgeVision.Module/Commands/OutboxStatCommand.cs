using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using EdgeVision.Delivery;
using EdgeVision.Events;

namespace EdgeVision.Module.Commands;

/// <summary><c>outbox stat</c>: how much is held, for whom.</summary>
internal static class OutboxStatCommand
{
    public static Command Create()
    {
        var (data, config, json) = (OutboxCommand.Data(), OutboxCommand.Config(), OutboxCommand.Json());
        var stat = new Command("stat", "Says how much is held, how far each sink is, and what was lost. Works beside a running node.") { data, config, json };
        stat.SetAction(parsed =>
        {
            using var view = OutboxView.Open(OutboxCommand.Folder(parsed.GetValue(data), parsed.GetValue(config)));
            if (parsed.GetValue(json)) JsonOutput.Write(writer => Write(writer, view.Figures()));
            else Show(view.Figures());
            return ExitCode.Done;
        });
        return stat;
    }

    private static void Show(OutboxFigures figures)
    {
        Line($"{figures.Path}, schema version {figures.SchemaVersion}");
        Line($"held      {figures.Events} events, {Mebibytes(figures.Bytes)} of {Mebibytes(figures.FileBytes)} in use");
        if (figures.Events > 0) Line($"          sequence {figures.OldestSequence} to {figures.LastSequence}, {Time(figures.OldestTime)} to {Time(figures.NewestTime)}");
        else Line($"          last sequence {figures.LastSequence}");
        foreach (var (family, count) in figures.Families.OrderBy(f => f.Key)) Line($"          {VisionEventJson.WordOf(family),-8} {count}");
        foreach (var (sink, position, waiting) in figures.Sinks) Line($"sink      {sink}: has up to {position}, {waiting} wait");
        Line($"refused   {figures.DeadLetters} dead letters");
        if (figures.Untold > 0) Line($"lost      {figures.Untold} events, of which an event will tell");
    }

    private static void Write(Utf8JsonWriter json, OutboxFigures figures)
    {
        json.WriteStartObject();
        json.WriteString("path", figures.Path);
        json.WriteNumber("schemaVersion", figures.SchemaVersion);
        json.WriteNumber("events", figures.Events);
        json.WriteNumber("bytes", figures.Bytes);
        json.WriteNumber("fileBytes", figures.FileBytes);
        json.WriteNumber("oldestSequence", figures.OldestSequence);
        json.WriteNumber("lastSequence", figures.LastSequence);
        json.WriteStartObject("families");
        foreach (var (family, count) in figures.Families.OrderBy(f => f.Key)) json.WriteNumber(VisionEventJson.WordOf(family), count);
        json.WriteEndObject();
        json.WriteStartObject("sinks");
        foreach (var (sink, position, waiting) in figures.Sinks)
        {
            json.WriteStartObject(sink);
            json.WriteNumber("position", position);
            json.WriteNumber("waiting", waiting);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteNumber("deadLetters", figures.DeadLetters);
        json.WriteNumber("untoldLosses", figures.Untold);
        json.WriteEndObject();
    }

    private static void Line(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    private static string Mebibytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1 << 20):0.0} MiB");

    private static string Time(DateTimeOffset? time) => time is { } at ? at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) : "–";
}
