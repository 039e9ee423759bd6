using EdgeVision.Capture.Kernel;
using EdgeVision.Frames;
using EdgeVision.Outputs;
using Microsoft.Win32.SafeHandles;

namespace EdgeVision.Capture.Gpio;

/// <summary>One line that the kernel has given us. Closing it gives it back.</summary>
internal sealed class KernelLine : IDisposable
{
    /// <summary>What other programs see as the holder of the line.</summary>
    public const string Consumer = "edgevision";

    private readonly SafeFileHandle _line;
    private readonly string _shown;

    /// <param name="line">The descriptor that the kernel gave; disposed with this.</param>
    /// <param name="shown">Which line, for sentences.</param>
    internal KernelLine(SafeFileHandle line, string shown) => (_line, _shown) = (line, shown);

    /// <param name="wanted">What was written.</param>
    /// <param name="flags">Direction, edges, wiring.</param>
    /// <param name="debounce">Zero is none.</param>
    /// <param name="initial">Of an output; true is active.</param>
    /// <param name="buffered">Edges that the kernel shall keep while nobody reads; 0 leaves it to the kernel.</param>
    /// <exception cref="CaptureException">It cannot be had; one sentence that ends in what to do.</exception>
    public static KernelLine Open(GpioLineName wanted, GpioFlags flags, TimeSpan debounce, bool initial, uint buffered = 0)
    {
        var finding = GpioProbe.Explain(GpioInventory.Read(wanted), wanted);
        // A busy line is asked for all the same: what was seen is past, the kernel's answer is what counts.
        if (finding is not { Line: { } line, Chip: { } chip }) throw new CaptureException(finding.ToString());
        var error = GpioChip.Open(chip.Nodes[0], out var device);
        using (device)
        {
            if (device is null) throw GpioFaults.Open(wanted, chip with { Refusal = error });
            var request = Request(line.Offset, flags, debounce, initial, buffered);
            error = device.Request(ref request, out var handle);
            if (error is Errno.None) return new KernelLine(handle, line.ToString());
            handle.Dispose();
            throw GpioFaults.Request(wanted, line, flags, error);
        }
    }

    public static GpioFlags Wiring(bool activeLow, GpioBias bias) => (activeLow ? GpioFlags.ActiveLow : GpioFlags.None) | bias switch
    {
        GpioBias.PullUp => GpioFlags.BiasPullUp,
        GpioBias.PullDown => GpioFlags.BiasPullDown,
        GpioBias.Disabled => GpioFlags.BiasDisabled,
        _ => GpioFlags.None,
    };

    /// <summary>Logical: true is active.</summary>
    /// <exception cref="CaptureException">The chip is gone.</exception>
    public bool Get()
    {
        var values = new GpioValues { Mask = 1 };
        var error = Libc.Ioctl(_line, GpioAbi.GetValues, ref values);
        return error is Errno.None ? (values.Bits & 1) != 0 : throw GpioFaults.Use(_shown, "read", error);
    }

    /// <summary>Logical: true is active.</summary>
    /// <exception cref="CaptureException">The chip is gone.</exception>
    public void Set(bool active)
    {
        var values = new GpioValues { Bits = active ? 1u : 0, Mask = 1 };
        var error = Libc.Ioctl(_line, GpioAbi.SetValues, ref values);
        if (error is not Errno.None) throw GpioFaults.Use(_shown, "written", error);
    }

    /// <summary>Waits for events and reads them.</summary>
    /// <param name="into">Room for at least one.</param>
    /// <param name="timeoutMs">How long to wait at most.</param>
    /// <returns>Bytes read; 0 when there were none in time.</returns>
    /// <exception cref="CaptureException">The chip is gone.</exception>
    public int ReadEvents(Span<byte> into, int timeoutMs)
    {
        var error = Libc.Poll(_line, PollEvents.In, timeoutMs, out var happened);
        if (error is Errno.ETIMEDOUT or Errno.EINTR) return 0;
        if (error is Errno.None)
        {
            // An unplugged chip: what it had left cannot be read any more.
            if ((happened & (PollEvents.Error | PollEvents.HangUp | PollEvents.Invalid)) != 0) throw GpioFaults.Use(_shown, "read", Errno.ENODEV);
            error = Libc.Read(_line, into, out var length);
            if (error is Errno.None) return length;
            if (error is Errno.EAGAIN) return 0;
        }

        throw GpioFaults.Use(_shown, "read", error);
    }

    public override string ToString() => _shown;

    public void Dispose() => _line.Dispose();

    private static GpioRequest Request(int offset, GpioFlags flags, TimeSpan debounce, bool initial, uint buffered)
    {
        var request = new GpioRequest { LineCount = 1, EventBufferSize = buffered };
        request.Offsets[0] = (uint)offset;
        request.Consumer.Set(Consumer);
        request.Config.Flags = flags;
        if (flags.HasFlag(GpioFlags.Output)) Add(ref request.Config, GpioAbi.AttributeOutputValues, initial ? 1u : 0);
        if (debounce > TimeSpan.Zero) Add(ref request.Config, GpioAbi.AttributeDebounce, (ulong)debounce.TotalMicroseconds);
        return request;
    }

    private static void Add(ref GpioConfig config, uint id, ulong value)
    {
        ref var attribute = ref config.Attributes[(int)config.AttributeCount++];
        attribute.Attribute.Id = id;
        attribute.Attribute.Value = value;
        attribute.Mask = 1;
    }
}
