using System.Runtime.InteropServices;

namespace EdgeVision.Capture.V4l2.Controls;

/// <summary>The part of linux/videodev2.h that is about controls. Sizes and offsets are tested against the header.</summary>
internal static class ControlAbi
{
    public const uint QueryExtended = 0xC0E85667;   // VIDIOC_QUERY_EXT_CTRL  _IOWR('V', 103, struct v4l2_query_ext_ctrl)
    public const uint QueryMenu = 0xC02C5625;       // VIDIOC_QUERYMENU       _IOWR('V', 37, struct v4l2_querymenu)
    public const uint GetExtended = 0xC0205647;     // VIDIOC_G_EXT_CTRLS     _IOWR('V', 71, struct v4l2_ext_controls)
    public const uint SetExtended = 0xC0205648;     // VIDIOC_S_EXT_CTRLS     _IOWR('V', 72, struct v4l2_ext_controls)

    /// <summary>In the id of a query: the next control after it, of simple (V4L2_CTRL_FLAG_NEXT_CTRL) and of compound type (…_NEXT_COMPOUND).</summary>
    public const uint Next = 0x80000000 | 0x40000000;

    public const int NameBytes = 32;
}

/// <summary>struct v4l2_query_ext_ctrl.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct QueriedControl
{
    public uint Id;
    public uint Type;
    public fixed byte Name[ControlAbi.NameBytes];
    public long Minimum;
    public long Maximum;
    public ulong Step;
    public long Default;
    public uint Flags;
    public uint ElementSize;
    public uint Elements;
    public uint Dimensions;
    public fixed uint DimensionSizes[4];
    public fixed uint Reserved[32];
}

/// <summary>struct v4l2_querymenu; packed. The name of a menu's item and the value of an integer menu's share their place.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal unsafe struct QueriedItem
{
    public uint Id;
    public uint Index;
    public fixed byte Name[ControlAbi.NameBytes];
    public uint Reserved;
}

/// <summary>struct v4l2_ext_control; packed. The value is 32 or 64 bits, or an address: all begin at the same place, and machines are little-endian.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct ControlValue
{
    public uint Id;

    /// <summary>Bytes at the address; 0 for numbers.</summary>
    public uint Size;

    public uint Reserved;
    public long Value;
}

/// <summary>struct v4l2_ext_controls.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ControlValues
{
    /// <summary>0: current values (V4L2_CTRL_WHICH_CUR_VAL).</summary>
    public uint Which;

    public uint Count;
    public uint ErrorIndex;
    public int RequestDescriptor;
    public uint Reserved;
    public ControlValue* First;
}
