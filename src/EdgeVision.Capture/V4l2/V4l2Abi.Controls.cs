using System.Runtime.InteropServices;

namespace EdgeVision.Capture.V4l2;

/// <summary>Structs of controls: exposure, gain and the like.</summary>
internal static unsafe partial class V4l2Abi
{
    /// <summary>V4L2_CTRL_FLAG_NEXT_*: joined to an id, ask for the next one that exists.</summary>
    public const uint NextControl = 0x8000_0000, NextCompound = 0x4000_0000;

    /// <summary>V4L2_CTRL_WHICH_*: values as they are now, or the driver's defaults.</summary>
    public const uint WhichCurrent = 0, WhichDefault = 0x0f00_0000;

    /// <summary>V4L2_CTRL_TYPE_*.</summary>
    public enum ControlType : uint
    {
        Integer = 1,
        Boolean = 2,
        Menu = 3,
        Button = 4,
        Integer64 = 5,

        /// <summary>A heading, no control.</summary>
        Class = 6,
        Text = 7,
        Bitmask = 8,
        IntegerMenu = 9,
        FirstCompound = 0x100,
    }

    /// <summary>V4L2_CTRL_FLAG_*.</summary>
    [Flags]
    public enum ControlFlags : uint
    {
        None = 0,
        Disabled = 0x0001,

        /// <summary>Cannot be changed while somebody streams.</summary>
        Grabbed = 0x0002,
        ReadOnly = 0x0004,

        /// <summary>Changes what other controls may be.</summary>
        Update = 0x0008,

        /// <summary>Without effect as long as another control (an automatic) is on.</summary>
        Inactive = 0x0010,
        Slider = 0x0020,
        WriteOnly = 0x0040,
        Volatile = 0x0080,
        HasPayload = 0x0100,
        ExecuteOnWrite = 0x0200,

        /// <summary>Changes the layout of frames: a quarter turn.</summary>
        ModifyLayout = 0x0400,
        DynamicArray = 0x0800,
    }

    /// <summary>struct v4l2_queryctrl.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct QueryControl
    {
        public uint Id;
        public ControlType Type;
        public fixed byte Name[32];
        public int Minimum;
        public int Maximum;
        public int Step;
        public int Default;
        public ControlFlags Flags;
        public fixed uint Reserved[2];
    }

    /// <summary>struct v4l2_query_ext_ctrl.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct QueryExtControl
    {
        public uint Id;
        public ControlType Type;
        public fixed byte Name[32];
        public long Minimum;
        public long Maximum;
        public ulong Step;
        public long Default;
        public ControlFlags Flags;
        public uint ElementSize;
        public uint Elements;
        public uint DimensionCount;
        public fixed uint Dimensions[4];
        public fixed uint Reserved[32];
    }

    /// <summary>struct v4l2_querymenu.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 44, Pack = 1)]
    public struct QueryMenu
    {
        [FieldOffset(0)] public uint Id;
        [FieldOffset(4)] public uint Index;
        [FieldOffset(8)] public fixed byte Name[32];

        /// <summary>Of menus of numbers.</summary>
        [FieldOffset(8)] public long Value;
        [FieldOffset(40)] public uint Reserved;
    }

    /// <summary>struct v4l2_ext_control.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 20, Pack = 1)]
    public struct ExtControl
    {
        [FieldOffset(0)] public uint Id;

        /// <summary>Bytes behind <see cref="Pointer"/>; 0 where the value is in place.</summary>
        [FieldOffset(4)] public uint Size;
        [FieldOffset(8)] public uint Reserved2;
        [FieldOffset(12)] public int Value;
        [FieldOffset(12)] public long Value64;
        [FieldOffset(12)] public void* Pointer;
    }

    /// <summary>struct v4l2_ext_controls.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ExtControls
    {
        public uint Which;
        public uint Count;
        public uint ErrorIndex;
        public int RequestFd;
        public uint Reserved;
        public ExtControl* Controls;
    }
}
