using EdgeVision.Frames;
using EdgeVision.Imaging;
using EdgeVision.Imaging.Turbo;

namespace EdgeVision.IntegrationTests.Imaging;

/// <summary>The two ways a JPEG is decoded. What holds for one holds for the other.</summary>
public enum Codec
{
    Turbo,
    Skia,
}

internal static class CodecExtensions
{
    /// <summary>A decoder that uses this one; skips the test where the machine lacks it.</summary>
    public static JpegDecoder Open(this Codec codec, FramePool pool)
    {
        if (codec == Codec.Skia) return new JpegDecoder(pool, turbo: null);
        if (TurboJpeg.Installed is null) Assert.Skip($"{TurboJpeg.FileName} is not installed here (Debian: apt install libturbojpeg0); SkiaSharp is tested in its place.");
        return new JpegDecoder(pool, TurboJpeg.Installed);
    }
}
