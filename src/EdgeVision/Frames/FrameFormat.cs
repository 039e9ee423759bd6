namespace EdgeVision.Frames;

/// <summary>Layout of a frame's bytes.</summary>
/// <param name="Pixels">Meaning of the bytes.</param>
/// <param name="Width">Source pixels.</param>
/// <param name="Height">Source pixels.</param>
/// <param name="Stride">Bytes from one row to the next, at least a row of pixels; 0 for <see cref="PixelFormat.Jpeg"/>.</param>
public readonly record struct FrameFormat(PixelFormat Pixels, int Width, int Height, int Stride)
{
    /// <summary>Rows without padding.</summary>
    public static FrameFormat Packed(PixelFormat pixels, int width, int height) => new(pixels, width, height, width * BytesPerPixel(pixels));

    /// <summary>A compressed picture whose header says <paramref name="width"/> × <paramref name="height"/>.</summary>
    public static FrameFormat Jpeg(int width, int height) => new(PixelFormat.Jpeg, width, height, 0);

    /// <summary>Bytes of an uncompressed frame; 0 for <see cref="PixelFormat.Jpeg"/>, whose length only the frame knows.</summary>
    public int SizeInBytes => Stride * Height;

    /// <summary>0 for compressed formats.</summary>
    public static int BytesPerPixel(PixelFormat pixels) => pixels switch
    {
        PixelFormat.Bgr24 or PixelFormat.Rgb24 => 3,
        PixelFormat.Bgra32 or PixelFormat.Rgba32 => 4,
        PixelFormat.Grey8 => 1,
        _ => 0,
    };
}
