using EdgeVision.Frames;
using EdgeVision.Models;

namespace EdgeVision.Inference;

/// <summary>
/// Where the three channels of a frame lie, in the order in which the <see cref="ColourTransform"/> takes them: the tensor's colours, or luma,
/// the chroma of the tensor's first colour and that of its third.
/// </summary>
/// <param name="Rows">How rows are brought together into one interleaved row of all channels.</param>
/// <param name="Stride">Bytes between rows of the first plane.</param>
/// <param name="Needed">Bytes of a frame up to the last one that is read: the padding of the last row may be missing.</param>
/// <param name="First">In the frame.</param>
/// <param name="Second">In the frame.</param>
/// <param name="Third">In the frame.</param>
internal readonly record struct PreprocessorLayout(
    PreprocessorRows Rows, int Stride, int Needed, PreprocessorChannel First, PreprocessorChannel Second, PreprocessorChannel Third)
{
    /// <summary>Whether the channels are Y, U and V.</summary>
    public bool IsYuv { get; init; }

    /// <summary>Bytes of a pixel in a packed frame; two pixels that share chroma count as one byte pair each.</summary>
    public int PixelBytes { get; init; }

    /// <summary>True where two pixels of a row share chroma: windows begin and end at whole pairs.</summary>
    public bool SharesColumns => IsYuv && Rows != PreprocessorRows.ThreePlanes;

    public PreprocessorChannel this[int channel] => channel switch { 0 => First, 1 => Second, _ => Third };

    /// <summary>Null for a format that cannot be read.</summary>
    public static PreprocessorLayout? Of(in FrameFormat format, ColourOrder order)
    {
        var (pixels, width, height, stride) = (format.Pixels, format.Width, format.Height, format.Stride);
        if (pixels == PixelFormat.Jpeg || width <= 0 || height <= 0 || stride < 0) return null;

        // In 64 bits first: 2³⁰ pixels a row times anything is beyond an int.
        long rowBytes = width + 1L, luma = stride * (long)height;
        if (rowBytes * 4 > int.MaxValue || luma > int.MaxValue / 3 || stride < FrameFormat.RowBytes(pixels, width)) return null;
        var lastRow = stride * (height - 1);
        var (chromaStride, pairs, rowPairs) = (format.ChromaStride, (width + 1) / 2, (height + 1) / 2);
        var plane = (int)luma;
        return pixels switch
        {
            PixelFormat.Yuyv => Yuv(PreprocessorRows.Packed, lastRow + (4 * pairs), new(0, stride, 0, 0, 2), new(1, stride, 0, 1, 4), new(3, stride, 0, 1, 4)),
            PixelFormat.Uyvy => Yuv(PreprocessorRows.Packed, lastRow + (4 * pairs), new(1, stride, 0, 0, 2), new(0, stride, 0, 1, 4), new(2, stride, 0, 1, 4)),
            PixelFormat.Nv12 => Yuv(PreprocessorRows.LumaAndPairs, plane + ((rowPairs - 1) * stride) + (2 * pairs),
                new(0, stride, 0, 0, 1), new(plane, stride, 1, 1, 2), new(plane + 1, stride, 1, 1, 2)),
            PixelFormat.Nv21 => Yuv(PreprocessorRows.LumaAndPairs, plane + ((rowPairs - 1) * stride) + (2 * pairs),
                new(0, stride, 0, 0, 1), new(plane + 1, stride, 1, 1, 2), new(plane, stride, 1, 1, 2)),
            PixelFormat.I420 => Planar(rowPairs, 1),
            PixelFormat.I422 => Planar(height, 0),
            PixelFormat.I444 => Yuv(PreprocessorRows.ThreePlanes, (2 * plane) + lastRow + width,
                new(0, stride, 0, 0, 1), new(plane, stride, 0, 0, 1), new(2 * plane, stride, 0, 0, 1)),
            PixelFormat.Grey8 => Colours(1, 0, 0, 0),
            PixelFormat.Bgr24 or PixelFormat.Bgra32 => order == ColourOrder.Bgr ? Colours(FrameFormat.BytesPerPixel(pixels), 0, 1, 2) : Colours(FrameFormat.BytesPerPixel(pixels), 2, 1, 0),
            PixelFormat.Rgb24 or PixelFormat.Rgba32 => order == ColourOrder.Rgb ? Colours(FrameFormat.BytesPerPixel(pixels), 0, 1, 2) : Colours(FrameFormat.BytesPerPixel(pixels), 2, 1, 0),
            _ => null,
        };

        PreprocessorLayout Colours(int size, int first, int second, int third) => new(PreprocessorRows.Packed, stride, lastRow + (width * size),
            new(first, stride, 0, 0, size), new(second, stride, 0, 0, size), new(third, stride, 0, 0, size))
        { PixelBytes = size };

        PreprocessorLayout Planar(int rows, int rowShift) => Yuv(PreprocessorRows.LumaAndTwoHalves, plane + (((2 * rows) - 1) * chromaStride) + pairs,
            new(0, stride, 0, 0, 1), new(plane, chromaStride, rowShift, 1, 1), new(plane + (rows * chromaStride), chromaStride, rowShift, 1, 1));

        // The first colour of RGB is made of Y and V, that of BGR of Y and U.
        PreprocessorLayout Yuv(PreprocessorRows rows, int needed, PreprocessorChannel y, PreprocessorChannel u, PreprocessorChannel v) =>
            new(rows, stride, needed, y, order == ColourOrder.Rgb ? v : u, order == ColourOrder.Rgb ? u : v) { IsYuv = true, PixelBytes = 2 };
    }
}
