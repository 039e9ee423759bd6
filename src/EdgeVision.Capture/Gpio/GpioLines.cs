using System.Device.Gpio;
using EdgeVision.Frames;
using EdgeVision.Outputs;
using EdgeVision.Triggers;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Capture.Gpio;

/// <summary>
/// The GPIO lines of this machine, opened for the module. Triggers speak to the kernel, for its time stamps; outputs and plain reads go
/// through System.Device.Gpio, where the lines of a chip share a controller, and to the kernel where it cannot do what is asked
/// (docs/adr/0002). Any thread may open and dispose lines; one line is used by one thread at a time.
/// </summary>
public sealed partial class GpioLines
{
    private readonly GpioControllers _controllers;
    private readonly ILogger _log;

    public GpioLines(ILogger log)
        : this(log, GpioDrivers.Usable())
    {
    }

    internal GpioLines(ILogger log, IReadOnlyList<GpioDriverKind> drivers) => (_log, _controllers) = (log, new GpioControllers(drivers, GpioDrivers.Create));

    /// <summary>Opens a line whose edges are wanted, with the kernel's time of each.</summary>
    /// <param name="line">Which, and how it is wired.</param>
    /// <param name="edge">Which edges count.</param>
    /// <param name="time">Clock of <see cref="TriggerEdge.Timestamp"/>; on Linux the system's is the kernel's own monotonic clock.</param>
    /// <exception cref="CaptureException">It cannot be had; one sentence that ends in what to do.</exception>
    public ITriggerSource OpenTrigger(GpioLineOptions line, LineEdge edge, TimeProvider time)
    {
        var trigger = GpioEdgeSource.Open(line, edge, time);
        Opened("trigger", trigger.ToString(), "the kernel");
        return trigger;
    }

    /// <summary>Takes a line as output; it has its initial level from the first moment on, and its safe one when it is disposed.</summary>
    /// <exception cref="CaptureException">It cannot be had; one sentence that ends in what to do.</exception>
    public IOutputLine OpenOutput(GpioOutputOptions line)
    {
        ArgumentNullException.ThrowIfNull(line);
        var (chip, facts) = Find(line.Line);
        var high = line.Initial != line.ActiveLow;
        var driver = _controllers.DriverFor(chip);
        // Only LibGpiodDriver sets direction and level in one step; the others make the line low first, which a lamp or a gate would notice.
        var byKernel = high && driver is GpioDriverKind.LibGpiodV2 or GpioDriverKind.SysFs;
        IOutputLine output = byKernel ? new KernelOutput(line) : new GpioOutput(_controllers.Open(chip, facts, PinMode.Output, high), line);
        Opened("output", output.ToString(), byKernel ? "the kernel" : ChipController.Named(driver!.Value));
        return output;
    }

    /// <summary>Takes a line as input.</summary>
    /// <exception cref="CaptureException">It cannot be had; one sentence that ends in what to do.</exception>
    public IInputLine OpenInput(GpioLineOptions line)
    {
        ArgumentNullException.ThrowIfNull(line);
        var (chip, facts) = Find(line.Line);
        var byKernel = line.Bias is GpioBias.Disabled || line.Debounce > TimeSpan.Zero;
        var mode = line.Bias switch { GpioBias.PullUp => PinMode.InputPullUp, GpioBias.PullDown => PinMode.InputPullDown, _ => PinMode.Input };
        IInputLine input = byKernel ? new KernelInput(line) : new GpioInput(_controllers.Open(chip, facts, mode, high: false), line);
        Opened("input", input.ToString(), byKernel ? "the kernel" : ChipController.Named(_controllers.DriverFor(chip)!.Value));
        return input;
    }

    private (GpioChipFacts Chip, GpioLineFacts Line) Find(GpioLineName wanted)
    {
        var finding = GpioProbe.Explain(GpioInventory.Read(wanted), wanted);
        if (finding is not { Chip: { } chip, Line: { } line }) throw new CaptureException(finding.ToString());
        var leftExported = finding.Condition is GpioCondition.Busy && line.Consumer is "sysfs" && _controllers.DriverFor(chip) is GpioDriverKind.SysFs;
        return finding.Condition is GpioCondition.Free || leftExported ? (chip, line) : throw new CaptureException(finding.ToString());
    }

    private void Opened(string use, string? line, string through) => Opened(_log, use, line, through);

    [LoggerMessage(EventIds.GpioOpened, LogLevel.Information, "{Line} is open as {Use} through {Through}.")]
    private static partial void Opened(ILogger log, string use, string? line, string through);
}
