using EdgeVision.Frames;

namespace EdgeVision.Module.Commands;

/// <summary>Pictures for <c>bench</c> in the layouts that cameras deliver. Clear rather than fast: it runs before the clock does.</summary>
internal static class BenchRaster
{
    /// <summary>Nearest pixels of a <see cref="PixelFormat.Bgra32"/> frame.</summary>
    public static byte[] Stretch(Frame frame, int width, int height)
    {
        var (bgra, stored) = (new byte[4 * width * height], frame.Format);
        for (var y = 0; y < height; y++)
        {
            var row = frame.Pixels[(y * stored.Height / height * stored.Stride)..];
            for (var x = 0; x < width; x++) row.Slice(4 * (x * stored.Width / width), 4).CopyTo(bgra.AsSpan(4 * ((y * width) + x)));
        }

        return bgra;
    }

    /// <summary>A packed frame of <paramref name="format"/>, colours as BT.601 with limited range.</summary>
    public static byte[] Encode(ReadOnlySpan<byte> bgra, in FrameFormat format)
    {
        var bytes = new byte[format.SizeInBytes];
        for (var y = 0; y < format.Height; y++)
        {
            for (var x = 0; x < format.Width; x++)
            {
                var pixel = bgra.Slice(4 * ((y * format.Width) + x), 4);
                Put(bytes, format, x, y, pixel[2], pixel[1], pixel[0]);
            }
        }

        return bytes;
    }

    private static void Put(Span<byte> bytes, in FrameFormat format, int x, int y, byte r, byte g, byte b)
    {
        var row = y * format.Stride;
        switch (format.Pixels)
        {
            case PixelFormat.Bgr24 or PixelFormat.Rgb24 or PixelFormat.Bgra32 or PixelFormat.Rgba32:
                PutColours(bytes[(row + (x * FrameFormat.BytesPerPixel(format.Pixels)))..], format.Pixels is PixelFormat.Bgr24 or PixelFormat.Bgra32, r, g, b);
                return;
            case PixelFormat.Grey8:
                bytes[row + x] = (byte)((0.299f * r) + (0.587f * g) + (0.114f * b));
                return;
            case PixelFormat.Yuyv or PixelFormat.Uyvy:
                var luma = format.Pixels == PixelFormat.Yuyv ? 0 : 1;
                bytes[row + (2 * x) + luma] = Luma(r, g, b);
                bytes[row + (4 * (x / 2)) + (1 - luma) + (2 * (x % 2))] = x % 2 == 0 ? Blueness(r, g, b) : Redness(r, g, b);
                return;
            default:
                bytes[row + x] = Luma(r, g, b);
                PutChroma(bytes[(format.Stride * format.Height)..], format, x / 2, y / 2, Blueness(r, g, b), Redness(r, g, b));
                return;
        }
    }

    private static void PutColours(Span<byte> pixel, bool blueFirst, byte r, byte g, byte b)
    {
        (pixel[0], pixel[1], pixel[2]) = blueFirst ? (b, g, r) : (r, g, b);
        if (pixel.Length > 3) pixel[3] = 255;
    }

    /// <summary>The last of four pixels that share it stays.</summary>
    private static void PutChroma(Span<byte> chroma, in FrameFormat format, int x, int y, byte u, byte v)
    {
        if (format.Pixels == PixelFormat.I420)
        {
            var at = (y * format.ChromaStride) + x;
            chroma[at] = u;
            chroma[(format.ChromaStride * ((format.Height + 1) / 2)) + at] = v;
            return;
        }

        var pair = chroma.Slice((y * format.Stride) + (2 * x), 2);
        (pair[0], pair[1]) = format.Pixels == PixelFormat.Nv12 ? (u, v) : (v, u);
    }

    private static byte Luma(byte r, byte g, byte b) => (byte)(16.5f + (0.2568f * r) + (0.5041f * g) + (0.0979f * b));

    private static byte Blueness(byte r, byte g, byte b) => (byte)(128.5f - (0.1482f * r) - (0.2910f * g) + (0.4392f * b));

    private static byte Redness(byte r, byte g, byte b) => (byte)(128.5f + (0.4392f * r) - (0.3678f * g) - (0.0714f * b));
}
