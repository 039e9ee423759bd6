using EdgeVision.Frames;
using SkiaSharp;

namespace EdgeVision.Imaging;

/// <summary>A frame of whatever format as opaque BGRA that stands upright, for drawing and encoding.</summary>
internal static unsafe class BgraPicture
{
    /// <summary>A copy of the pixels, as many as are stored; caller disposes.</summary>
    /// <exception cref="PictureException">The frame is a broken JPEG.</exception>
    public static SKBitmap Copy(Frame frame)
    {
        if (frame.Format.Pixels == PixelFormat.Jpeg) return CopyJpeg(frame);
        var (width, height) = frame.Orientation.Upright(frame.Format.Width, frame.Format.Height);
        var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Bgra8888, SKAlphaType.Opaque));
        var target = new Span<uint>((void*)bitmap.GetPixels(), width * height);
        if (frame.Orientation is FrameOrientation.Upright)
        {
            CopyPixels(frame, target);
            return bitmap;
        }

        var stored = new uint[width * height];
        CopyPixels(frame, stored);
        Orientation.Apply((SKEncodedOrigin)(frame.Orientation + 1), stored, frame.Format.Width, frame.Format.Height, target);
        return bitmap;
    }

    private static SKBitmap CopyJpeg(Frame frame)
    {
        var pool = new FramePool(retained: 0);
        if (!new JpegDecoder(pool, turbo: null).TryDecode(frame, leastScale: 1, out var decoded, out var reason)) throw new PictureException($"The picture cannot be shown: {reason}; take another frame.");
        using (decoded) return Copy(decoded);
    }

    private static void CopyPixels(Frame frame, Span<uint> target)
    {
        var reader = new BgraReader(frame.Format);
        var pixels = frame.Pixels;
        for (var y = 0; y < frame.Format.Height; y++) reader.ReadRow(pixels, y, target.Slice(y * frame.Format.Width, frame.Format.Width));
    }
}
