using System.Device.Gpio;
using EdgeVision.Frames;

namespace EdgeVision.Capture.Gpio;

/// <summary>The controller that all lines of a chip share, one call at a time: the drivers of System.Device.Gpio do not say that they may be used by several threads.</summary>
internal sealed class ChipController(GpioController controller, GpioDriverKind kind, int firstNumber, Action<ChipController> whenUnused)
{
    private readonly Lock _gate = new();
    private int _pins;

    public GpioDriverKind Kind => kind;

    /// <summary>Takes a pin; only the controllers' owner calls it, so that nobody ends the controller meanwhile.</summary>
    /// <param name="line">Which.</param>
    /// <param name="mode">Input, with or without a bias, or output.</param>
    /// <param name="high">First level of an output.</param>
    /// <exception cref="CaptureException">It was refused.</exception>
    public ChipPin Open(GpioLineFacts line, PinMode mode, bool high)
    {
        var number = firstNumber + line.Offset;
        Do(line.ToString(), "opened", c =>
        {
            // Left by a node that was killed; sysfs knows no owners, and without this the next start would find the line taken for ever.
            if (kind is GpioDriverKind.SysFs && line.Used && !c.IsPinOpen(number)) SysFsNumbers.OfThisMachine.Unexport(number);
            try
            {
                if (mode is PinMode.Output) c.OpenPin(number, mode, high ? PinValue.High : PinValue.Low);
                else c.OpenPin(number, mode);
                return ++_pins;
            }
            catch
            {
                // Opened, but without the mode.
                if (c.IsPinOpen(number)) c.ClosePin(number);
                throw;
            }
        });
        return new ChipPin(this, number, line.ToString());
    }

    public bool Supports(GpioLineFacts line, PinMode mode) => Do(line.ToString(), "asked", c => c.IsPinModeSupported(firstNumber + line.Offset, mode));

    public T Do<T>(string shown, string done, Func<GpioController, T> work)
    {
        lock (_gate)
        {
            try
            {
                return work(controller);
            }
            catch (Exception e) when (IsFault(e))
            {
                throw new CaptureException($"GPIO line {shown} cannot be {done} through {Named(kind)}: {e.Message.TrimEnd('.')}; see with edgevision gpio list whether the chip is still there and who holds the line.", e);
            }
        }
    }

    public void Close(int number)
    {
        lock (_gate)
        {
            try
            {
                controller.ClosePin(number);
            }
            catch (Exception e) when (IsFault(e))
            {
                // A chip that vanished: its lines went with it.
            }

            if (--_pins > 0) return;
        }

        whenUnused(this);
    }

    /// <summary>Closes the chip when no pin of it is open.</summary>
    public bool EndIfUnused()
    {
        lock (_gate)
        {
            if (_pins > 0) return false;
            // SysFsDriver 4.2.0 holds nothing without events, and its Dispose never ends when a line's folder went with the chip: it closes until none is exported.
            if (kind is GpioDriverKind.SysFs) return true;
            try
            {
                controller.Dispose();
            }
            catch (Exception e) when (IsFault(e))
            {
                // As above.
            }

            return true;
        }
    }

    public static string Named(GpioDriverKind kind) => kind switch { GpioDriverKind.LibGpiodV2 => "libgpiod 2", GpioDriverKind.LibGpiodV1 => "libgpiod 1", _ => "sysfs" };

    /// <summary>What the drivers throw for what the kernel refuses.</summary>
    internal static bool IsFault(Exception e) =>
        e is IOException or UnauthorizedAccessException or InvalidOperationException or ArgumentException or NotSupportedException or DllNotFoundException or EntryPointNotFoundException or TypeInitializationException;
}
