using System.Runtime.InteropServices;
using EdgeVision.Frames;
using SkiaSharp;

namespace EdgeVision.Imaging;

/// <summary>A frame of whatever format as opaque BGRA, for drawing and encoding.</summary>
internal static unsafe class BgraPicture
{
    /// <summary>A copy of the pixels; caller disposes.</summary>
    /// <exception cref="PictureException">The frame is a broken JPEG.</exception>
    public static SKBitmap Copy(Frame frame)
    {
        if (frame.Format.Pixels == PixelFormat.Jpeg) return CopyJpeg(frame);
        var info = new SKImageInfo(frame.Width, frame.Height, SKColorType.Bgra8888, SKAlphaType.Opaque);
        var bitmap = new SKBitmap(info);
        var pixels = new Span<uint>((void*)bitmap.GetPixels(), frame.Width * frame.Height);
        for (var y = 0; y < frame.Height; y++)
            CopyRow(frame.Format.Pixels, frame.Pixels.Slice(y * frame.Format.Stride), pixels.Slice(y * frame.Width, frame.Width));
        return bitmap;
    }

    private static SKBitmap CopyJpeg(Frame frame)
    {
        var pool = new FramePool(retained: 0);
        if (!new JpegDecoder(pool, turbo: null).TryDecode(frame, leastScale: 1, out var decoded, out var reason)) throw new PictureException($"The picture cannot be shown: {reason}; take another frame.");
        using (decoded) return Copy(decoded);
    }

    private static void CopyRow(PixelFormat format, ReadOnlySpan<byte> source, Span<uint> target)
    {
        const uint Opaque = 0xFF00_0000;
        switch (format)
        {
            case PixelFormat.Bgra32:
                var bgra = MemoryMarshal.Cast<byte, uint>(source);
                for (var x = 0; x < target.Length; x++) target[x] = bgra[x] | Opaque;
                break;
            case PixelFormat.Rgba32:
                for (var x = 0; x < target.Length; x++) target[x] = Pixel(source[4 * x], source[(4 * x) + 1], source[(4 * x) + 2]);
                break;
            case PixelFormat.Bgr24:
                for (var x = 0; x < target.Length; x++) target[x] = Pixel(source[(3 * x) + 2], source[(3 * x) + 1], source[3 * x]);
                break;
            case PixelFormat.Rgb24:
                for (var x = 0; x < target.Length; x++) target[x] = Pixel(source[3 * x], source[(3 * x) + 1], source[(3 * x) + 2]);
                break;
            case PixelFormat.Grey8:
                for (var x = 0; x < target.Length; x++) target[x] = Pixel(source[x], source[x], source[x]);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(format), format, "No way is known to draw on frames of this format.");
        }

        static uint Pixel(byte red, byte green, byte blue) => Opaque | ((uint)red << 16) | ((uint)green << 8) | blue;
    }
}
