using EdgeVision.Capture.Kernel;
using EdgeVision.Frames;
using EdgeVision.Outputs;

namespace EdgeVision.Capture.Gpio;

/// <summary>What the kernel's refusals mean, and what to do.</summary>
internal static class GpioFaults
{
    /// <summary>The chip did not open when it was to be used.</summary>
    public static CaptureException Open(GpioLineName wanted, GpioChipFacts chip) => new(GpioProbe.Explain(new GpioInventory([chip]), wanted with { Chip = chip.Name }).ToString());

    /// <summary>The line was refused.</summary>
    /// <param name="wanted">What was written.</param>
    /// <param name="line">Which that is.</param>
    /// <param name="flags">What was asked for.</param>
    /// <param name="error">The answer.</param>
    public static CaptureException Request(GpioLineName wanted, GpioLineFacts line, GpioFlags flags, Errno error)
    {
        // Asked again: who holds it now, and is the chip still there?
        var now = GpioProbe.Explain(GpioInventory.Read(wanted), wanted);
        var edges = (flags & (GpioFlags.EdgeRising | GpioFlags.EdgeFalling)) != 0;
        return new CaptureException(error switch
        {
            Errno.EBUSY when now.Condition is GpioCondition.Busy => now.ToString(),
            Errno.EBUSY => $"GPIO line {line} was in use and is free again; start once more, and look for a program that takes it now and then.",
            _ when now.Line is null => now.ToString(),
            Errno.ENODEV or Errno.ENXIO or Errno.EOPNOTSUPP when edges => $"GPIO line {line} can be no trigger: {error}, its chip has no interrupt for it; take a line of another chip.",
            Errno.EACCES or Errno.EPERM when flags.HasFlag(GpioFlags.Output) => $"GPIO line {line} cannot be an output: {error}, the chip or the board forbids it; take another line.",
            _ => $"GPIO line {line} was refused: {error}; the chip may be unable to do what the options ask (bias, edges, output), so leave them at their defaults or take another line.",
        });
    }

    /// <summary>A line that we hold failed.</summary>
    /// <param name="line">Which, as sentences show it.</param>
    /// <param name="done">What could not be done to it: read, written.</param>
    /// <param name="error">The answer.</param>
    public static CaptureException Use(string line, string done, Errno error) => new(error is Errno.ENODEV or Errno.ENXIO
        ? $"GPIO line {line} is gone: its chip vanished ({error}); plug it in again or load its driver, it is opened anew when it is back."
        : $"GPIO line {line} cannot be {done}: {error}; the driver of its chip failed, see the kernel's log (dmesg).");
}
