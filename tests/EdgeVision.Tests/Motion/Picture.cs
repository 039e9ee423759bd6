using EdgeVision.Frames;

namespace EdgeVision.Tests.Motion;

/// <summary>Grey pictures in any uncompressed format; chroma is neutral.</summary>
internal static class Picture
{
    /// <param name="format">Of the frame.</param>
    /// <param name="grey">Width × height.</param>
    public static byte[] Of(in FrameFormat format, ReadOnlySpan<byte> grey)
    {
        var pixels = new byte[format.SizeInBytes];
        Write(format, grey, pixels);
        return pixels;
    }

    public static void Write(in FrameFormat format, ReadOnlySpan<byte> grey, Span<byte> pixels)
    {
        if (format.Pixels is PixelFormat.Grey8 && format.Stride == format.Width)
        {
            grey.CopyTo(pixels);
            return;
        }

        pixels.Fill(128);
        var (step, luma, same) = format.Pixels switch
        {
            PixelFormat.Yuyv => (2, 0, 1),
            PixelFormat.Uyvy => (2, 1, 1),
            _ => (Math.Max(1, FrameFormat.BytesPerPixel(format.Pixels)), 0, Math.Clamp(FrameFormat.BytesPerPixel(format.Pixels), 1, 3)),
        };
        for (var y = 0; y < format.Height; y++)
        {
            for (var x = 0; x < format.Width; x++) pixels.Slice((y * format.Stride) + (x * step) + luma, same).Fill(grey[(y * format.Width) + x]);
        }
    }
}
