using EdgeVision.Frames;
using EdgeVision.Geometry;
using SkiaSharp;

namespace EdgeVision.Imaging;

/// <summary>A frame as a JPEG for a narrow line: upright, masked, and not wider than asked for.</summary>
/// <param name="Bytes">The JPEG.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
public sealed record ScaledJpeg(byte[] Bytes, int Width, int Height)
{
    /// <summary>Of a blurred box, on its longer side: a face of this many dots is nobody's.</summary>
    private const int BlurredDots = 8;

    /// <summary>Any format; the frame stays the caller's.</summary>
    /// <param name="frame">What is shown.</param>
    /// <param name="shape">How.</param>
    /// <exception cref="PictureException">The frame is a broken JPEG.</exception>
    public static ScaledJpeg Of(Frame frame, PictureShape shape)
    {
        ArgumentNullException.ThrowIfNull(frame);
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(shape.MaxWidth);
        using var whole = BgraPicture.Copy(frame);
        // Before anything is cut: a crop may show a part of somebody.
        Blur(whole, shape.Blurred ?? []);
        if (shape.Crop is not { } crop || Pixels(crop, whole) is not { } part) return Scale(whole, shape);
        using var cut = new SKBitmap();
        return whole.ExtractSubset(cut, part) ? Scale(cut, shape) : throw new PictureException($"A part of {part.Width}×{part.Height} could not be cut out of a picture of {whole.Width}×{whole.Height}; is memory short?");
    }

    private static ScaledJpeg Scale(SKBitmap picture, PictureShape shape)
    {
        if (picture.Width <= shape.MaxWidth) return Encode(picture, shape.Quality);
        var height = (int)Math.Max(1, Math.Round((double)picture.Height * shape.MaxWidth / picture.Width));
        using var smaller = picture.Resize(new SKImageInfo(shape.MaxWidth, height, SKColorType.Bgra8888, SKAlphaType.Opaque), new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear))
            ?? throw new PictureException($"A picture of {picture.Width}×{picture.Height} could not be scaled to {shape.MaxWidth}×{height}; is memory short?");
        return Encode(smaller, shape.Quality);
    }

    private static void Blur(SKBitmap picture, IReadOnlyList<Box> boxes)
    {
        if (boxes.Count == 0) return;
        using var canvas = new SKCanvas(picture);
        foreach (var box in boxes)
        {
            if (Pixels(box, picture) is not { } area) continue;
            var scale = (double)BlurredDots / Math.Max(area.Width, area.Height);
            var dots = new SKImageInfo(Dots(area.Width * scale), Dots(area.Height * scale), SKColorType.Bgra8888, SKAlphaType.Opaque);
            using var part = new SKBitmap();
            using var small = picture.ExtractSubset(part, area) ? part.Resize(dots, new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear)) : null;
            if (small is null) throw new PictureException($"An area of {area.Width}×{area.Height} could not be blurred, so there is no picture; is memory short?");
            using var image = SKImage.FromBitmap(small);
            canvas.DrawImage(image, SKRect.Create(area.Left, area.Top, area.Width, area.Height), new SKSamplingOptions(SKFilterMode.Nearest));
        }

        static int Dots(double length) => (int)Math.Max(1, Math.Round(length));
    }

    /// <summary>Whole pixels that the box touches; null for none.</summary>
    private static SKRectI? Pixels(Box box, SKBitmap picture)
    {
        var inside = box.ClipTo(picture.Width, picture.Height);
        var area = new SKRectI((int)Math.Floor(inside.Left), (int)Math.Floor(inside.Top), (int)Math.Ceiling(inside.Right), (int)Math.Ceiling(inside.Bottom));
        return area is { Width: > 0, Height: > 0 } ? area : null;
    }

    private static ScaledJpeg Encode(SKBitmap bitmap, int quality)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(quality, Math.Clamp(quality, 1, 100));
        using var pixmap = bitmap.PeekPixels();
        using var data = pixmap.Encode(new SKJpegEncoderOptions(quality, SKJpegEncoderDownsample.Downsample420, SKJpegEncoderAlphaOption.Ignore));
        return new ScaledJpeg(data?.ToArray() ?? throw new PictureException($"A picture of {bitmap.Width}×{bitmap.Height} could not be encoded as a JPEG; is memory short?"), bitmap.Width, bitmap.Height);
    }
}
