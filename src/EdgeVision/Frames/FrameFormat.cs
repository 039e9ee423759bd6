namespace EdgeVision.Frames;

/// <summary>Layout of a frame's bytes. Planes of one frame lie behind each other without a gap.</summary>
/// <param name="Pixels">Meaning of the bytes.</param>
/// <param name="Width">Stored pixels.</param>
/// <param name="Height">Stored pixels.</param>
/// <param name="Stride">Bytes from one row (of the first plane) to the next, at least <see cref="RowBytes"/>; 0 for <see cref="PixelFormat.Jpeg"/>.</param>
/// <param name="Yuv">Colours of YUV formats; of no meaning to the others.</param>
public readonly record struct FrameFormat(PixelFormat Pixels, int Width, int Height, int Stride, YuvEncoding Yuv = YuvEncoding.Bt601Limited)
{
    /// <summary>Rows without padding.</summary>
    public static FrameFormat Packed(PixelFormat pixels, int width, int height, YuvEncoding yuv = YuvEncoding.Bt601Limited) =>
        new(pixels, width, height, RowBytes(pixels, width), yuv);

    /// <summary>A compressed picture whose header says <paramref name="width"/> × <paramref name="height"/>.</summary>
    public static FrameFormat Jpeg(int width, int height) => new(PixelFormat.Jpeg, width, height, 0);

    /// <summary>Bytes of an uncompressed frame, all planes; 0 for <see cref="PixelFormat.Jpeg"/>, whose length only the frame knows.</summary>
    public int SizeInBytes => checked((Stride * Height) + Pixels switch
    {
        PixelFormat.Nv12 or PixelFormat.Nv21 => Stride * HalfUp(Height),
        PixelFormat.I420 => 2 * ChromaStride * HalfUp(Height),
        PixelFormat.I422 or PixelFormat.I444 => 2 * ChromaStride * Height,
        _ => 0,
    });

    /// <summary>Bytes from one row of a chroma plane to the next; 0 where there is none.</summary>
    public int ChromaStride => Pixels switch
    {
        PixelFormat.Nv12 or PixelFormat.Nv21 or PixelFormat.I444 => Stride,
        PixelFormat.I420 or PixelFormat.I422 => HalfUp(Stride),
        _ => 0,
    };

    /// <summary>Bytes of a row of the first plane without padding; 0 for compressed formats. Rows of shared chroma are rounded up to whole pairs.</summary>
    public static int RowBytes(PixelFormat pixels, int width) => pixels switch
    {
        PixelFormat.Yuyv or PixelFormat.Uyvy => 4 * HalfUp(width),
        PixelFormat.Nv12 or PixelFormat.Nv21 => 2 * HalfUp(width),
        PixelFormat.I420 or PixelFormat.I422 or PixelFormat.I444 => width,
        _ => width * BytesPerPixel(pixels),
    };

    /// <summary>Of formats whose pixels stand alone; 0 for compressed ones and for those that share chroma.</summary>
    public static int BytesPerPixel(PixelFormat pixels) => pixels switch
    {
        PixelFormat.Bgr24 or PixelFormat.Rgb24 => 3,
        PixelFormat.Bgra32 or PixelFormat.Rgba32 => 4,
        PixelFormat.Grey8 => 1,
        _ => 0,
    };

    private static int HalfUp(int length) => (length + 1) / 2;
}
