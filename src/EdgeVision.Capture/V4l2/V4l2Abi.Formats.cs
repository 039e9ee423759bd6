using System.Runtime.InteropServices;

namespace EdgeVision.Capture.V4l2;

/// <summary>Structs that describe devices, formats and rates.</summary>
internal static unsafe partial class V4l2Abi
{
    /// <summary>struct v4l2_capability.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Capability
    {
        public fixed byte Driver[16];
        public fixed byte Card[32];
        public fixed byte BusInfo[32];
        public uint Version;
        public uint Capabilities;
        public uint DeviceCaps;
        public fixed uint Reserved[3];
    }

    /// <summary>struct v4l2_fmtdesc.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct FormatDescription
    {
        public uint Index;
        public uint Type;
        public uint Flags;
        public fixed byte Description[32];
        public uint PixelFormat;
        public uint MbusCode;
        public fixed uint Reserved[3];
    }

    /// <summary>struct v4l2_fract.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Fraction
    {
        public uint Numerator;
        public uint Denominator;
    }

    /// <summary>struct v4l2_rect.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Rect
    {
        public int Left;
        public int Top;
        public uint Width;
        public uint Height;
    }

    /// <summary>struct v4l2_frmsizeenum: one size, or a range in the same place.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 44)]
    public struct FrameSizeEntry
    {
        [FieldOffset(0)] public uint Index;
        [FieldOffset(4)] public uint PixelFormat;
        [FieldOffset(8)] public uint Type;
        [FieldOffset(12)] public uint DiscreteWidth;
        [FieldOffset(16)] public uint DiscreteHeight;
        [FieldOffset(12)] public uint MinWidth;
        [FieldOffset(16)] public uint MaxWidth;
        [FieldOffset(20)] public uint StepWidth;
        [FieldOffset(24)] public uint MinHeight;
        [FieldOffset(28)] public uint MaxHeight;
        [FieldOffset(32)] public uint StepHeight;
    }

    /// <summary>struct v4l2_frmivalenum. A single interval is <see cref="Min"/>.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 52)]
    public struct FrameIntervalEntry
    {
        [FieldOffset(0)] public uint Index;
        [FieldOffset(4)] public uint PixelFormat;
        [FieldOffset(8)] public uint Width;
        [FieldOffset(12)] public uint Height;
        [FieldOffset(16)] public uint Type;
        [FieldOffset(20)] public Fraction Min;
        [FieldOffset(28)] public Fraction Max;
        [FieldOffset(36)] public Fraction Step;
    }

    /// <summary>struct v4l2_pix_format.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PixFormat
    {
        public uint Width;
        public uint Height;
        public uint PixelFormat;
        public uint Field;
        public uint BytesPerLine;
        public uint SizeImage;
        public uint Colorspace;
        public uint Priv;
        public uint Flags;
        public uint Encoding;
        public uint Quantization;
        public uint TransferFunction;
    }

    /// <summary>struct v4l2_plane_pix_format.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    public struct PlanePixFormat
    {
        public uint SizeImage;
        public uint BytesPerLine;
        public fixed ushort Reserved[6];
    }

    /// <summary>struct v4l2_pix_format_mplane.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    public struct PixFormatMplane
    {
        public uint Width;
        public uint Height;
        public uint PixelFormat;
        public uint Field;
        public uint Colorspace;

        /// <summary><see cref="MaxPlanes"/> of <see cref="PlanePixFormat"/>.</summary>
        public fixed byte Planes[MaxPlanes * 20];
        public byte PlaneCount;
        public byte Flags;
        public byte Encoding;
        public byte Quantization;
        public byte TransferFunction;
        public fixed byte Reserved[7];

        /// <param name="index">0 … <see cref="MaxPlanes"/> - 1.</param>
        public readonly PlanePixFormat Plane(int index)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)MaxPlanes);
            fixed (byte* planes = Planes) return ((PlanePixFormat*)planes)[index];
        }
    }

    /// <summary>struct v4l2_format.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 208)]
    public struct Format
    {
        [FieldOffset(0)] public uint Type;
        [FieldOffset(8)] public PixFormat Pix;
        [FieldOffset(8)] public PixFormatMplane PixMplane;

        // Makes the struct as long and as aligned as the kernel's, whose union holds pointers.
        [FieldOffset(200)] public ulong Rest;
    }

    /// <summary>struct v4l2_captureparm.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct CaptureParameters
    {
        public uint Capability;
        public uint CaptureMode;
        public Fraction TimePerFrame;
        public uint ExtendedMode;
        public uint ReadBuffers;
        public fixed uint Reserved[4];
    }

    /// <summary>struct v4l2_streamparm.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 204)]
    public struct StreamParameters
    {
        [FieldOffset(0)] public uint Type;
        [FieldOffset(4)] public CaptureParameters Capture;
    }

    /// <summary>struct v4l2_selection.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Selection
    {
        public uint Type;
        public uint Target;
        public uint Flags;
        public Rect Rect;
        public fixed uint Reserved[9];
    }
}
