using System.Globalization;
using EdgeVision.Capture.Kernel;
using EdgeVision.Outputs;

namespace EdgeVision.Capture.Gpio;

/// <summary>The GPIO chips of this machine and their lines, as they were when it was read.</summary>
/// <param name="Chips">By number; chips that this user may not open are listed too.</param>
public sealed record GpioInventory(IReadOnlyList<GpioChipFacts> Chips)
{
    private const string DeviceFolder = "/dev", Prefix = "gpiochip";

    /// <summary>All lines of all chips.</summary>
    public IEnumerable<GpioLineFacts> Lines => Chips.SelectMany(c => c.Lines);

    /// <summary>Asks the kernel; changes nothing and takes no line.</summary>
    /// <param name="wanted">A line whose chip may be named by a node of its own, a link that udev made; it is asked as well.</param>
    public static GpioInventory Read(GpioLineName wanted = default)
    {
        var chips = new List<GpioChipFacts>();
        foreach (var node in Nodes(wanted.Chip))
        {
            var chip = Ask(node);
            var known = chips.FindIndex(c => c.Name == chip.Name);
            if (known < 0) chips.Add(chip);
            else chips[known] = chips[known] with { Nodes = [.. chips[known].Nodes, node] };
        }

        return new GpioInventory(chips);
    }

    /// <summary>Number of a node as libgpiod counts; null for a link with a name.</summary>
    internal static int? NumberOf(string node)
    {
        var name = Path.GetFileName(node);
        return name.StartsWith(Prefix, StringComparison.Ordinal) && int.TryParse(name.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    /// <summary>A link has a larger number than what it points to, so the chip's own node comes first.</summary>
    private static List<string> Nodes(string? wanted)
    {
        if (!Directory.Exists(DeviceFolder)) return [];
        var nodes = Directory.EnumerateFileSystemEntries(DeviceFolder, Prefix + "*").Where(n => NumberOf(n) is not null).OrderBy(NumberOf).ToList();
        if (wanted is ['/', ..] && !nodes.Contains(wanted) && File.Exists(wanted)) nodes.Add(wanted);
        return nodes;
    }

    private static GpioChipFacts Ask(string node)
    {
        var error = GpioChip.Open(node, out var chip);
        using (chip) return chip?.Facts(node) ?? new GpioChipFacts(Path.GetFileName(node), "", [node], []) { Refusal = error };
    }
}
