using System.Device.Gpio;
using EdgeVision.Frames;

namespace EdgeVision.Capture.Gpio;

/// <summary>The controllers of System.Device.Gpio, one a chip, which live as long as one of its lines is open.</summary>
/// <param name="drivers">What works on this machine, best first.</param>
/// <param name="create">Makes the driver of a kind for the number of a chip.</param>
internal sealed class GpioControllers(IReadOnlyList<GpioDriverKind> drivers, Func<GpioDriverKind, int, GpioDriver> create)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ChipController> _chips = new(StringComparer.Ordinal);

    /// <summary>Which driver a chip would be reached by; null when none can.</summary>
    public GpioDriverKind? DriverFor(GpioChipFacts chip)
    {
        foreach (var kind in drivers)
            if (FirstNumber(kind, chip) is not null) return kind;
        return null;
    }

    /// <summary>Takes a line.</summary>
    /// <exception cref="CaptureException">It cannot be had.</exception>
    public ChipPin Open(GpioChipFacts chip, GpioLineFacts line, PinMode mode, bool high)
    {
        lock (_gate)
        {
            if (!_chips.TryGetValue(chip.Name, out var controller)) _chips[chip.Name] = controller = Create(chip, line);
            try
            {
                if (!controller.Supports(line, mode))
                    throw new CaptureException($"GPIO line {line} cannot have the bias asked for through {ChipController.Named(controller.Kind)}; install libgpiod (apt-get install libgpiod2), or leave Bias at as-is.");
                return controller.Open(line, mode, high);
            }
            catch (CaptureException)
            {
                // Perhaps the chip was unplugged and is back, while a line that nobody used since still holds the old one: the next try gets a controller of its own.
                _chips.Remove(chip.Name);
                controller.EndIfUnused();
                throw;
            }
        }
    }

    private ChipController Create(GpioChipFacts chip, GpioLineFacts line)
    {
        if (DriverFor(chip) is not { } kind)
            throw new CaptureException($"GPIO line {line} cannot be driven: neither libgpiod nor /sys/class/gpio is usable here; install libgpiod (apt-get install libgpiod2, on newer systems libgpiod3).");
        try
        {
            return new ChipController(new GpioController(create(kind, GpioInventory.NumberOf(chip.Nodes[0]) ?? 0)), kind, FirstNumber(kind, chip)!.Value, whenUnused: Release);
        }
        catch (Exception e) when (ChipController.IsFault(e))
        {
            throw new CaptureException($"GPIO chip {chip} cannot be opened through {ChipController.Named(kind)}: {e.GetBaseException().Message.TrimEnd('.')}; see with edgevision gpio list whether it is still there.", e);
        }
    }

    /// <summary>Number of line 0 as the driver counts; null when it cannot reach the chip: libgpiod opens chips by the number of their node.</summary>
    private static int? FirstNumber(GpioDriverKind kind, GpioChipFacts chip) =>
        kind is GpioDriverKind.SysFs ? SysFsNumbers.OfThisMachine.BaseOf(chip) : GpioInventory.NumberOf(chip.Nodes[0]) is null ? null : 0;

    private void Release(ChipController controller)
    {
        lock (_gate)
        {
            // Somebody may have opened another line of the chip meanwhile.
            if (!controller.EndIfUnused()) return;
            foreach (var (name, _) in _chips.Where(c => ReferenceEquals(c.Value, controller)).ToList()) _chips.Remove(name);
        }
    }
}
