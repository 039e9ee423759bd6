using EdgeVision.Frames;
using SkiaSharp;

namespace EdgeVision.Imaging;

/// <summary>A frame as a JPEG for a narrow line: upright, masked, and not wider than asked for.</summary>
/// <param name="Bytes">The JPEG.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
public sealed record ScaledJpeg(byte[] Bytes, int Width, int Height)
{
    /// <summary>Any format; the frame stays the caller's.</summary>
    /// <param name="frame">What is shown.</param>
    /// <param name="maxWidth">Pixels; a smaller picture is not enlarged.</param>
    /// <param name="quality">1..100.</param>
    /// <exception cref="PictureException">The frame is a broken JPEG.</exception>
    public static ScaledJpeg Of(Frame frame, int maxWidth, int quality)
    {
        ArgumentNullException.ThrowIfNull(frame);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxWidth);
        using var whole = BgraPicture.Copy(frame);
        if (whole.Width <= maxWidth) return Encode(whole, quality);
        var height = (int)Math.Max(1, Math.Round((double)whole.Height * maxWidth / whole.Width));
        using var smaller = whole.Resize(new SKImageInfo(maxWidth, height, SKColorType.Bgra8888, SKAlphaType.Opaque), new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear))
            ?? throw new PictureException($"A picture of {whole.Width}×{whole.Height} could not be scaled to {maxWidth}×{height}; is memory short?");
        return Encode(smaller, quality);
    }

    private static ScaledJpeg Encode(SKBitmap bitmap, int quality)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(quality, Math.Clamp(quality, 1, 100));
        using var pixmap = bitmap.PeekPixels();
        using var data = pixmap.Encode(new SKJpegEncoderOptions(quality, SKJpegEncoderDownsample.Downsample420, SKJpegEncoderAlphaOption.Ignore));
        return new ScaledJpeg(data?.ToArray() ?? throw new PictureException($"A picture of {bitmap.Width}×{bitmap.Height} could not be encoded as a JPEG; is memory short?"), bitmap.Width, bitmap.Height);
    }
}
