using System.Runtime.InteropServices;

namespace EdgeVision.Frames;

/// <summary>Bytes of a frame that lie in rows of units; a unit is what cannot be parted: a pixel, a sample, or two pixels with the chroma that they share.</summary>
/// <param name="Base">Of the first unit.</param>
/// <param name="Stride">Bytes from row to row.</param>
/// <param name="UnitBytes">1 to 4.</param>
/// <param name="ColumnShift">1 where two columns of pixels have one unit.</param>
/// <param name="RowShift">1 where two rows of pixels have one row of units.</param>
/// <param name="Black">Four bytes of black: one unit, or four of a byte.</param>
/// <param name="FirstLuma">Of a unit with two luma samples the index of the first, the other is two behind; otherwise -1.</param>
internal readonly record struct PixelPlane(int Base, int Stride, int UnitBytes, int ColumnShift, int RowShift, uint Black, int FirstLuma = -1)
{
    private const byte NoColour = 128;

    /// <summary>Rows of units that pixels of these rows are in.</summary>
    public (int Start, int End) RowsOf(int start, int end) => (start >> RowShift, (end + (1 << RowShift) - 1) >> RowShift);

    /// <summary>Units that pixels of these columns are in.</summary>
    public (int Start, int End) UnitsOf(int start, int end) => (start >> ColumnShift, (end + (1 << ColumnShift) - 1) >> ColumnShift);

    /// <summary>All of a format that is not compressed.</summary>
    public static PixelPlane[] Of(in FrameFormat format)
    {
        var (stride, chroma, plane) = (format.Stride, format.ChromaStride, format.Stride * format.Height);
        var half = chroma * ((format.Height + 1) / 2);
        var black = format.Yuv is YuvEncoding.Bt601Limited or YuvEncoding.Bt709Limited ? (byte)16 : (byte)0;
        var (luma, neutral) = (Bytes(black, black, black, black), Bytes(NoColour, NoColour, NoColour, NoColour));
        return format.Pixels switch
        {
            PixelFormat.Bgr24 or PixelFormat.Rgb24 => [new(0, stride, 3, 0, 0, 0)],
            PixelFormat.Bgra32 or PixelFormat.Rgba32 => [new(0, stride, 4, 0, 0, Bytes(0, 0, 0, 255))],
            PixelFormat.Grey8 => [new(0, stride, 1, 0, 0, 0)],
            PixelFormat.Yuyv => [new(0, stride, 4, 1, 0, Bytes(black, NoColour, black, NoColour), FirstLuma: 0)],
            PixelFormat.Uyvy => [new(0, stride, 4, 1, 0, Bytes(NoColour, black, NoColour, black), FirstLuma: 1)],
            PixelFormat.Nv12 or PixelFormat.Nv21 => [new(0, stride, 1, 0, 0, luma), new(plane, chroma, 2, 1, 1, neutral)],
            PixelFormat.I420 => [new(0, stride, 1, 0, 0, luma), new(plane, chroma, 1, 1, 1, neutral), new(plane + half, chroma, 1, 1, 1, neutral)],
            PixelFormat.I422 => [new(0, stride, 1, 0, 0, luma), new(plane, chroma, 1, 1, 0, neutral), new(plane + (chroma * format.Height), chroma, 1, 1, 0, neutral)],
            PixelFormat.I444 => [new(0, stride, 1, 0, 0, luma), new(plane, chroma, 1, 0, 0, neutral), new(plane + (chroma * format.Height), chroma, 1, 0, 0, neutral)],
            _ => throw new ArgumentOutOfRangeException(nameof(format), format.Pixels, "A new format needs its planes here."),
        };
    }

    private static uint Bytes(params ReadOnlySpan<byte> bytes) => MemoryMarshal.Read<uint>(bytes);
}
