using EdgeVision.Frames;
using SkiaSharp;

namespace EdgeVision.Imaging;

/// <summary>Writes frames as JPEG or PNG. For people's eyes and for evidence; not for the hot path.</summary>
public static class PictureWriter
{
    /// <summary>JPEG quality where none is given: no visible blocks, about a tenth of the PNG.</summary>
    public const int DefaultQuality = 90;

    /// <summary>The encoded picture, upright. A JPEG frame asked for as JPEG is handed through as it is, unless it has to be turned or masked.</summary>
    /// <param name="frame">Any format; stays the caller's.</param>
    /// <param name="format">JPEG or PNG.</param>
    /// <param name="quality">1..100, JPEG only.</param>
    /// <exception cref="PictureException">The frame is a broken JPEG.</exception>
    public static byte[] Encode(Frame frame, PictureFormat format, int quality = DefaultQuality)
    {
        ArgumentNullException.ThrowIfNull(frame);
        if (frame.Format.Pixels == PixelFormat.Jpeg && format == PictureFormat.Jpeg && frame.Orientation is FrameOrientation.Upright && !frame.IsSealed) return frame.Pixels.ToArray();
        using var bitmap = BgraPicture.Copy(frame);
        return Encode(bitmap, format, quality);
    }

    /// <summary>Writes the picture; ".png" is PNG, ".jpg" and ".jpeg" are JPEG.</summary>
    /// <exception cref="PictureException">Another ending, a folder that is not there, no permission, a full disk, a broken JPEG frame.</exception>
    public static void Save(Frame frame, string path, int quality = DefaultQuality) => Save(path, Encode(frame, FormatOf(path), quality));

    internal static byte[] Encode(SKBitmap bitmap, PictureFormat format, int quality)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(quality, Math.Clamp(quality, 1, 100));
        using var pixmap = bitmap.PeekPixels();
        // 4:2:0 halves colour resolution and frays thin coloured lines: annotated pictures keep full colour.
        using var data = format == PictureFormat.Png
            ? pixmap.Encode(new SKPngEncoderOptions(SKPngEncoderFilterFlags.AllFilters, 6))
            : pixmap.Encode(new SKJpegEncoderOptions(quality, SKJpegEncoderDownsample.Downsample444, SKJpegEncoderAlphaOption.Ignore));
        return data?.ToArray() ?? throw new PictureException($"A picture of {bitmap.Width}×{bitmap.Height} could not be encoded as {format}; is memory short?");
    }

    /// <summary>Writes an encoded picture.</summary>
    /// <exception cref="PictureException">A folder that is not there, no permission, a full disk.</exception>
    public static void Save(string path, byte[] picture)
    {
        try
        {
            File.WriteAllBytes(path, picture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new PictureException(e switch
            {
                DirectoryNotFoundException => $"The folder of '{path}' does not exist; make it first.",
                UnauthorizedAccessException => $"Writing '{path}' is not permitted; choose another folder or give this user write access.",
                _ => $"'{path}' cannot be written: {e.Message.TrimEnd('.')}; check the path and the space on its disk.",
            }, e);
        }
    }

    /// <summary>What the ending of a file name asks for.</summary>
    /// <exception cref="PictureException">Another ending.</exception>
    public static PictureFormat FormatOf(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".png" => PictureFormat.Png,
        ".jpg" or ".jpeg" => PictureFormat.Jpeg,
        _ => throw new PictureException($"'{path}' does not say how to write the picture, expected a name ending in .jpg or .png."),
    };
}
