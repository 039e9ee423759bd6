using SkiaSharp;

namespace EdgeVision.Imaging;

/// <summary>Reads how large a picture is without decoding its pixels.</summary>
public static class PictureSize
{
    /// <summary>Pixels as <see cref="PictureFile.Load"/> gives them: EXIF orientation is applied.</summary>
    /// <exception cref="PictureException">Missing, unreadable, or no picture.</exception>
    public static (int Width, int Height) Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path)) throw new PictureException($"There is no file '{path}', expected a JPEG or PNG picture; check the path.");
        if (RegularFile.Otherwise(path) is { } other) throw new PictureException($"'{path}' is {other}, expected a JPEG or PNG file; name a regular file.");
        using var codec = SKCodec.Create(path);
        if (codec is null) throw new PictureException($"'{path}' cannot be read as a picture, expected JPEG or PNG; check its permissions and save or copy it again.");
        return Orientation.SwapsSides(codec.EncodedOrigin) ? (codec.Info.Height, codec.Info.Width) : (codec.Info.Width, codec.Info.Height);
    }
}
