using System.CommandLine;
using System.Text.Json;
using EdgeVision.Capture.Gpio;
using EdgeVision.Outputs;
using Spectre.Console;

namespace EdgeVision.Module.Commands;

/// <summary><c>gpio list</c>: the lines that triggers, gates and outputs can name; <c>gpio latency</c>: <see cref="GpioLatencyCommand"/>.</summary>
internal static class GpioCommand
{
    public static Command Create() => new("gpio", "The GPIO lines of this machine, for triggers, gates and outputs.") { List(), GpioLatencyCommand.Create() };

    private static Command List()
    {
        var report = new Option<string?>("--report") { Description = "Write chips and lines as JSON", HelpName = "FILE" };
        var list = new Command("list", "Lists chips and lines: name, direction, who uses it. Takes no line and changes nothing.") { report };
        list.SetAction(parsed =>
        {
            var inventory = GpioInventory.Read();
            Show(inventory);
            if (parsed.GetValue(report) is { } path) ReportFile.Write(path, json => Write(json, inventory));
            return inventory.Chips.Any(c => !c.IsReadable) ? ExitCode.Failed : ExitCode.Done;
        });
        return list;
    }

    private static void Show(GpioInventory inventory)
    {
        if (inventory.Chips.Count == 0)
        {
            Console.Error.WriteLine("There is no GPIO chip here (/dev/gpiochip*); load the chip's driver, or give the container the device (--device /dev/gpiochip0).");
            return;
        }

        var table = new Table().Border(TableBorder.Simple);
        table.AddColumns("line", "name", "direction", "used by", "set to");
        foreach (var chip in inventory.Chips.Where(c => c.IsReadable))
        {
            AnsiConsole.WriteLine($"{chip}: {chip.Lines.Count} lines, {string.Join(", ", chip.Nodes)}");
            foreach (var line in chip.Lines)
                table.AddRow(new Text(line.Address), new Text(line.Name), new Text(Direction(line)), new Text(Holder(line)), new Text(Settings(line)));
        }

        if (table.Rows.Count > 0) AnsiConsole.Write(table);
        foreach (var chip in inventory.Chips.Where(c => !c.IsReadable)) Console.Error.WriteLine(GpioProbe.Explain(chip));
    }

    private static string Direction(GpioLineFacts line) => line.IsOutput ? "output" : "input";

    private static string Holder(GpioLineFacts line) => !line.Used ? "" : line.Consumer.Length == 0 ? "(no name)" : line.Consumer;

    private static string Settings(GpioLineFacts line)
    {
        var words = new List<string>(3);
        if (line.ActiveLow) words.Add("active-low");
        if (line.Bias is not GpioBias.AsIs) words.Add(BiasWord(line.Bias));
        if (line.Debounce > TimeSpan.Zero) words.Add(FormattableString.Invariant($"debounce {line.Debounce.TotalMilliseconds:0.###} ms"));
        return string.Join(", ", words);
    }

    private static string BiasWord(GpioBias bias) => bias switch { GpioBias.PullUp => "pull-up", GpioBias.PullDown => "pull-down", GpioBias.Disabled => "disabled", _ => "as-is" };

    private static void Write(Utf8JsonWriter json, GpioInventory inventory)
    {
        json.WriteStartObject();
        json.WriteStartArray("chips");
        foreach (var chip in inventory.Chips)
        {
            json.WriteStartObject();
            json.WriteString("name", chip.Name);
            json.WriteString("label", chip.Label);
            json.WriteStartArray("nodes");
            foreach (var node in chip.Nodes) json.WriteStringValue(node);
            json.WriteEndArray();
            json.WriteString("fault", chip.IsReadable ? null : GpioProbe.Explain(chip).ToString());
            json.WriteStartArray("lines");
            foreach (var line in chip.Lines) Write(json, line);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, GpioLineFacts line)
    {
        json.WriteStartObject();
        json.WriteNumber("offset", line.Offset);
        json.WriteString("name", line.Name);
        json.WriteString("direction", Direction(line));
        json.WriteBoolean("used", line.Used);
        json.WriteString("consumer", line.Consumer);
        json.WriteBoolean("activeLow", line.ActiveLow);
        json.WriteString("bias", BiasWord(line.Bias));
        json.WriteNumber("debounceMs", line.Debounce.TotalMilliseconds);
        json.WriteEndObject();
    }
}
