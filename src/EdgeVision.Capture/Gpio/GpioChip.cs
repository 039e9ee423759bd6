using EdgeVision.Capture.Kernel;
using EdgeVision.Outputs;
using Microsoft.Win32.SafeHandles;

namespace EdgeVision.Capture.Gpio;

/// <summary>An open GPIO chip, to be asked about its lines and for one of them.</summary>
internal sealed class GpioChip : IDisposable
{
    private readonly SafeFileHandle _device;
    private readonly GpioChipInfo _info;

    private GpioChip(SafeFileHandle device, GpioChipInfo info) => (_device, _info) = (device, info);

    public static Errno Open(string node, out GpioChip? chip)
    {
        chip = null;
        var error = Libc.Open(node, out var device);
        var info = default(GpioChipInfo);
        if (error is Errno.None) error = Libc.Ioctl(device, GpioAbi.ChipInfo, ref info);
        if (error is Errno.None) chip = new GpioChip(device, info);
        else device.Dispose();
        return error;
    }

    public GpioChipFacts Facts(string node)
    {
        var name = _info.Name.ToString();
        var (lines, refusal) = (new List<GpioLineFacts>(), Errno.None);
        for (var i = 0; i < Math.Min(_info.Lines, GpioLineName.MaxOffset + 1u) && refusal is Errno.None; i++)
        {
            refusal = Ask(i, out var line);
            if (line is not null) lines.Add(line);
        }

        return new GpioChipFacts(name, _info.Label.ToString(), [node], lines) { Refusal = refusal };
    }

    public Errno Ask(int offset, out GpioLineFacts? line)
    {
        line = null;
        var info = new GpioLineInfo { Offset = (uint)offset };
        var error = Libc.Ioctl(_device, GpioAbi.LineInfo, ref info);
        if (error is not Errno.None) return error;
        line = new GpioLineFacts(
            _info.Name.ToString(), offset, info.Name.ToString(), info.Flags.HasFlag(GpioFlags.Used), info.Consumer.ToString(),
            info.Flags.HasFlag(GpioFlags.Output), info.Flags.HasFlag(GpioFlags.ActiveLow), Bias(info.Flags), Debounce(info));
        return Errno.None;
    }

    /// <summary>Asks for a line; the kernel fills in the descriptor.</summary>
    public Errno Request(ref GpioRequest request, out SafeFileHandle line)
    {
        request.Descriptor = -1;
        var error = Libc.Ioctl(_device, GpioAbi.GetLine, ref request);
        line = new SafeFileHandle(error is Errno.None ? request.Descriptor : -1, ownsHandle: error is Errno.None);
        return error;
    }

    public void Dispose() => _device.Dispose();

    private static GpioBias Bias(GpioFlags flags) =>
        flags.HasFlag(GpioFlags.BiasPullUp) ? GpioBias.PullUp
        : flags.HasFlag(GpioFlags.BiasPullDown) ? GpioBias.PullDown
        : flags.HasFlag(GpioFlags.BiasDisabled) ? GpioBias.Disabled
        : GpioBias.AsIs;

    private static TimeSpan Debounce(in GpioLineInfo info)
    {
        for (var i = 0; i < Math.Min(info.AttributeCount, GpioAbi.AttributesMax); i++)
            if (info.Attributes[i].Id == GpioAbi.AttributeDebounce) return TimeSpan.FromMicroseconds((uint)info.Attributes[i].Value);
        return TimeSpan.Zero;
    }
}
