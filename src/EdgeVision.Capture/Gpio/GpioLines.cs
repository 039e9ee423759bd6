using EdgeVision.Outputs;
using EdgeVision.Triggers;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Capture.Gpio;

/// <summary>
/// The GPIO lines of this machine, opened for the module. Triggers speak to the kernel, for its time stamps; outputs and plain reads go
/// through System.Device.Gpio, where the lines of a chip share a controller. Any thread may open and dispose lines; each line is used by one at a time.
/// </summary>
public sealed class GpioLines(ILogger log) : IDisposable
{
    /// <summary>Opens a line whose edges are wanted, with the kernel's time of each.</summary>
    /// <param name="line">Which, and how it is wired.</param>
    /// <param name="edge">Which edges count.</param>
    /// <param name="time">Clock of <see cref="TriggerEdge.Timestamp"/>; on Linux the system's is the kernel's own monotonic clock.</param>
    /// <exception cref="Frames.CaptureException">It cannot be had; one sentence that ends in what to do.</exception>
    public ITriggerSource OpenTrigger(GpioLineOptions line, LineEdge edge, TimeProvider time) => throw new NotSupportedException();

    /// <summary>Takes a line as output; it gets its initial level at once, and its safe one when it is disposed.</summary>
    /// <exception cref="Frames.CaptureException">It cannot be had; one sentence that ends in what to do.</exception>
    public IOutputLine OpenOutput(GpioOutputOptions line) => throw new NotSupportedException();

    /// <summary>Takes a line as input.</summary>
    /// <exception cref="Frames.CaptureException">It cannot be had; one sentence that ends in what to do.</exception>
    public IInputLine OpenInput(GpioLineOptions line) => throw new NotSupportedException();

    /// <summary>Lines that are still open go to their safe state.</summary>
    public void Dispose() => _ = log;
}
