using EdgeVision.Capture.Kernel;
using EdgeVision.Configuration;
using EdgeVision.Outputs;

namespace EdgeVision.Capture.Gpio;

/// <summary>Finds the line that somebody wrote among those of the machine, and explains why not. Pure: it asks nobody.</summary>
public static class GpioProbe
{
    private const int MaxShown = 8, MaxNear = 3;

    private const string ListThem = "edgevision gpio list shows them all";

    /// <param name="inventory">What there is.</param>
    /// <param name="wanted">What was written.</param>
    public static GpioFinding Explain(GpioInventory inventory, GpioLineName wanted)
    {
        ArgumentNullException.ThrowIfNull(inventory);
        if (inventory.Chips.Count == 0)
            return Missing($"There is no GPIO chip (/dev/gpiochip*) for line '{wanted}'", "load the chip's driver, or give the container the device (--device /dev/gpiochip0)");
        return wanted.Chip is null ? ByName(inventory, wanted) : ByChip(inventory, wanted);
    }

    /// <summary>Why a chip tells nothing; only for one that is not readable.</summary>
    public static GpioFinding Explain(GpioChipFacts chip)
    {
        ArgumentNullException.ThrowIfNull(chip);
        return Refused(chip, "");
    }

    private static GpioFinding ByChip(GpioInventory inventory, GpioLineName wanted)
    {
        var chips = Chips(inventory, wanted.Chip!);
        if (chips.Count > 1)
            return new(GpioCondition.Ambiguous, null, null, $"{chips.Count} GPIO chips have the label '{wanted.Chip}'", $"write one of {Join(chips.Select(c => $"{c.Name}/{wanted.Offset}"))}");
        if (chips.Count == 0)
        {
            var words = inventory.Chips.SelectMany(c => (string[])[c.Name, c.Label, .. c.Nodes]).Where(w => w.Length > 0).Distinct().ToList();
            return Missing(
                $"There is no GPIO chip '{wanted.Chip}' for line '{wanted}'",
                (Near(wanted.Chip!, words) is { Count: > 0 } near ? $"did you mean {Join(near)}? Here" : "here") + $" {(inventory.Chips.Count == 1 ? "is" : "are")} {Join(inventory.Chips)}");
        }

        var chip = chips[0];
        if (!chip.IsReadable) return Refused(chip, For(wanted));
        return chip.Lines.FirstOrDefault(l => l.Offset == wanted.Offset) is { } line
            ? Found(line, chip)
            : Missing($"GPIO chip {chip} has {chip.Lines.Count} lines, so there is no line '{wanted}'", $"write a number from 0 to {chip.Lines.Count - 1}; {ListThem}");
    }

    private static GpioFinding ByName(GpioInventory inventory, GpioLineName wanted)
    {
        var lines = inventory.Lines.Where(l => l.Name == wanted.Name).ToList();
        if (lines.Count == 1) return Found(lines[0], inventory.Chips.First(c => c.Name == lines[0].Chip));
        if (lines.Count > 1)
            return new(GpioCondition.Ambiguous, null, null, $"{lines.Count} GPIO lines are named '{wanted}'", $"write one of {Join(lines.Select(l => l.Address))}");
        // The name may be on a chip that could not be asked.
        if (inventory.Chips.FirstOrDefault(c => !c.IsReadable) is { } closed) return Refused(closed, For(wanted));
        var names = inventory.Lines.Where(l => l.Name.Length > 0).DistinctBy(l => l.Name).ToList();
        if (names.Count == 0) return Missing($"No GPIO line is named '{wanted}': the lines of {Join(inventory.Chips)} have no names", $"write chip and number, {inventory.Chips[0].Name}/0");
        var near = Near(wanted.Name!, names.Select(l => l.Name));
        return Missing(
            $"No GPIO line is named '{wanted}'",
            near.Count > 0 ? $"did you mean {Join(names.Where(l => near.Contains(l.Name)))}? Otherwise {ListThem}" : $"there are {Join(names.Select(l => l.Name))}; {ListThem}");
    }

    private static GpioFinding Found(GpioLineFacts line, GpioChipFacts chip) => line.Used
        ? new(GpioCondition.Busy, line, chip, $"GPIO line {line} is in use by {Holder(line)}", Release(line))
        : new(GpioCondition.Free, line, chip, $"GPIO line {line} on {chip} is free", null);

    private static string Holder(GpioLineFacts line) => line.Consumer.Length == 0 ? "somebody who gave no name" : $"'{line.Consumer}'";

    private static string Release(GpioLineFacts line) => line.Consumer is "sysfs"
        ? "it was exported through /sys/class/gpio, perhaps by a node that was killed; write its number into /sys/class/gpio/unexport, or take another line"
        : "stop that program, disable the driver or overlay that claims the line, or take another line";

    private static string For(GpioLineName wanted) => $" for line '{wanted}'";

    private static GpioFinding Refused(GpioChipFacts chip, string purpose)
    {
        var node = chip.Nodes[0];
        var detail = $"Cannot open {node}{purpose}: {chip.Refusal}";
        return chip.Refusal switch
        {
            Errno.EACCES => new(GpioCondition.NotPermitted, null, chip, $"{detail}, permission denied", $"add the user to the group that owns {node} (often gpio), in a container with --group-add and its number"),
            Errno.EPERM => new(GpioCondition.NotPermitted, null, chip, $"{detail}, not permitted", $"the container sees the node but may not use it; start it with --device {node}"),
            Errno.ENOENT or Errno.ENODEV or Errno.ENXIO => Missing($"{detail}, the chip is gone", "plug it in again or load its driver"),
            _ => Missing($"{detail}, it does not answer as a GPIO chip of Linux 5.10 or newer", "name another chip, or use a newer kernel"),
        };
    }

    private static List<GpioChipFacts> Chips(GpioInventory inventory, string word)
    {
        // The kernel's own names first: where a link gives a chip a second number, a chip that really has it goes before.
        foreach (var matches in (Func<GpioChipFacts, bool>[])[c => c.Name == word, c => c.Nodes.Any(n => n == word || Path.GetFileName(n) == word), c => c.Label == word])
            if (inventory.Chips.Where(matches).ToList() is { Count: > 0 } found) return found;
        return [];
    }

    private static GpioFinding Missing(string detail, string fix) => new(GpioCondition.Missing, null, null, detail, fix);

    private static List<string> Near(string word, IEnumerable<string> known)
    {
        var (left, near) = (known.ToHashSet(), new List<string>());
        while (near.Count < MaxNear && Spelling.Nearest(word, left) is { } next)
        {
            near.Add(next);
            left.Remove(next);
        }

        return near;
    }

    private static string Join<T>(IEnumerable<T> items)
    {
        var words = items.Select(i => i?.ToString()).ToList();
        return words.Count <= MaxShown ? string.Join(", ", words) : string.Join(", ", words.Take(MaxShown)) + $" and {words.Count - MaxShown} more";
    }
}
