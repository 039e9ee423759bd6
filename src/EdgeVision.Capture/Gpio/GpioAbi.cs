using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace EdgeVision.Capture.Gpio;

/// <summary>
/// The kernel's GPIO character device, ABI version 2 (linux/gpio.h, since Linux 5.10): requests, flags and structures, the same on x86-64 and
/// arm64. GpioAbiTests holds sizes and offsets against what gcc makes of the header.
/// </summary>
internal static class GpioAbi
{
    public const int NameSize = 32, LinesMax = 64, AttributesMax = 10;

    public const uint ChipInfo = (2u << 30) | (68u << 16) | (Type << 8) | 0x01;
    public const uint LineInfo = (3u << 30) | (256u << 16) | (Type << 8) | 0x05;
    public const uint GetLine = (3u << 30) | (592u << 16) | (Type << 8) | 0x07;
    public const uint GetValues = (3u << 30) | (16u << 16) | (Type << 8) | 0x0E;
    public const uint SetValues = (3u << 30) | (16u << 16) | (Type << 8) | 0x0F;

    /// <summary>gpio_v2_line_attr_id.</summary>
    public const uint AttributeFlags = 1, AttributeOutputValues = 2, AttributeDebounce = 3;

    /// <summary>gpio_v2_line_event_id.</summary>
    public const uint RisingEdge = 1, FallingEdge = 2;

    /// <summary>sizeof(struct gpio_v2_line_event).</summary>
    public const int EventSize = 48;

    private const uint Type = 0xB4;
}

/// <summary>gpio_v2_line_flag.</summary>
[Flags]
internal enum GpioFlags : ulong
{
    None = 0,
    Used = 1 << 0,
    ActiveLow = 1 << 1,
    Input = 1 << 2,
    Output = 1 << 3,
    EdgeRising = 1 << 4,
    EdgeFalling = 1 << 5,
    OpenDrain = 1 << 6,
    OpenSource = 1 << 7,
    BiasPullUp = 1 << 8,
    BiasPullDown = 1 << 9,
    BiasDisabled = 1 << 10,
    EventClockRealtime = 1 << 11,
}

/// <summary>A name or label of the kernel: at most 31 bytes and a zero.</summary>
[InlineArray(GpioAbi.NameSize)]
internal struct GpioText
{
    private byte _first;

    public void Set(string text)
    {
        Span<byte> bytes = this;
        bytes.Clear();
        Encoding.UTF8.TryGetBytes(text, bytes[..^1], out _);
    }

    public override readonly string ToString()
    {
        ReadOnlySpan<byte> bytes = this;
        var end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }
}

[InlineArray(GpioAbi.AttributesMax)]
internal struct GpioAttributes
{
    private GpioAttribute _first;
}

[InlineArray(GpioAbi.AttributesMax)]
internal struct GpioConfigAttributes
{
    private GpioConfigAttribute _first;
}

[InlineArray(GpioAbi.LinesMax)]
internal struct GpioOffsets
{
    private uint _first;
}

[InlineArray(4)]
internal struct GpioReserved4
{
    private uint _first;
}

[InlineArray(5)]
internal struct GpioReserved5
{
    private uint _first;
}

[InlineArray(6)]
internal struct GpioReserved6
{
    private uint _first;
}

/// <summary>struct gpiochip_info.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct GpioChipInfo
{
    public GpioText Name;
    public GpioText Label;
    public uint Lines;
}

/// <summary>struct gpio_v2_line_values: bit 0 is the first line of the request.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct GpioValues
{
    public ulong Bits;
    public ulong Mask;
}

/// <summary>struct gpio_v2_line_attribute; <see cref="Value"/> is a union of 64-bit flags, 64-bit values and a 32-bit debounce period in microseconds.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct GpioAttribute
{
    public uint Id;
    public uint Padding;
    public ulong Value;
}

/// <summary>struct gpio_v2_line_config_attribute.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct GpioConfigAttribute
{
    public GpioAttribute Attribute;
    public ulong Mask;
}

/// <summary>struct gpio_v2_line_config.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct GpioConfig
{
    public GpioFlags Flags;
    public uint AttributeCount;
    public GpioReserved5 Padding;
    public GpioConfigAttributes Attributes;
}

/// <summary>struct gpio_v2_line_request.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct GpioRequest
{
    public GpioOffsets Offsets;
    public GpioText Consumer;
    public GpioConfig Config;
    public uint LineCount;
    public uint EventBufferSize;
    public GpioReserved5 Padding;
    public int Descriptor;
}

/// <summary>struct gpio_v2_line_info.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct GpioLineInfo
{
    public GpioText Name;
    public GpioText Consumer;
    public uint Offset;
    public uint AttributeCount;
    public GpioFlags Flags;
    public GpioAttributes Attributes;
    public GpioReserved4 Padding;
}

/// <summary>struct gpio_v2_line_event.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct GpioEvent
{
    public ulong TimestampNanoseconds;
    public uint Id;
    public uint Offset;
    public uint Sequence;
    public uint LineSequence;
    public GpioReserved6 Padding;

    /// <summary>Takes the first event off what read(2) gave, or what is left of one. Never throws.</summary>
    /// <returns>False when fewer bytes were left than an event has, or they were no event.</returns>
    public static bool TryTake(ref ReadOnlySpan<byte> bytes, out GpioEvent edge)
    {
        edge = default;
        if (bytes.Length < GpioAbi.EventSize)
        {
            bytes = default;
            return false;
        }

        edge.TimestampNanoseconds = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        edge.Id = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        edge.Offset = BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]);
        edge.Sequence = BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..]);
        edge.LineSequence = BinaryPrimitives.ReadUInt32LittleEndian(bytes[20..]);
        bytes = bytes[GpioAbi.EventSize..];
        return edge.Id is GpioAbi.RisingEdge or GpioAbi.FallingEdge && edge.TimestampNanoseconds <= long.MaxValue;
    }
}
