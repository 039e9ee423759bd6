using System.Runtime.InteropServices;

namespace EdgeVision.Capture.V4l2;

/// <summary>Structs of streaming and events.</summary>
internal static unsafe partial class V4l2Abi
{
    /// <summary>struct v4l2_requestbuffers.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct RequestBuffers
    {
        public uint Count;
        public uint Type;
        public uint Memory;
        public uint Capabilities;
        public byte Flags;
        public fixed byte Reserved[3];
    }

    /// <summary>struct v4l2_timecode; not looked at.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Timecode
    {
        public uint Type;
        public uint Flags;
        public fixed byte Rest[8];
    }

    /// <summary>struct v4l2_buffer.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Buffer
    {
        public uint Index;
        public uint Type;
        public uint BytesUsed;
        public BufferFlags Flags;
        public uint Field;
        public long Seconds;
        public long Microseconds;
        public Timecode Timecode;
        public uint Sequence;
        public uint Memory;

        /// <summary>Union: where to map it from, or the address of its <see cref="Plane"/>s.</summary>
        public nuint OffsetOrPlanes;

        /// <summary>Bytes of the buffer, or how many planes there are room for.</summary>
        public uint Length;
        public uint Reserved2;
        public int RequestFd;
    }

    /// <summary>struct v4l2_plane.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Plane
    {
        public uint BytesUsed;
        public uint Length;

        /// <summary>Union; where to map it from.</summary>
        public nuint Offset;
        public uint DataOffset;
        public fixed uint Reserved[11];
    }

    /// <summary>struct v4l2_event_subscription.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct EventSubscription
    {
        public uint Type;
        public uint Id;
        public uint Flags;
        public fixed uint Reserved[5];
    }

    /// <summary>struct v4l2_event.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 136)]
    public struct Event
    {
        [FieldOffset(0)] public uint Type;

        /// <summary>Of V4L2_EVENT_CTRL and V4L2_EVENT_SOURCE_CHANGE.</summary>
        [FieldOffset(8)] public uint Changes;
        [FieldOffset(8)] public fixed byte Data[64];
        [FieldOffset(72)] public uint Pending;
        [FieldOffset(76)] public uint Sequence;
        [FieldOffset(80)] public long Seconds;
        [FieldOffset(88)] public long Nanoseconds;
        [FieldOffset(96)] public uint Id;
    }
}
