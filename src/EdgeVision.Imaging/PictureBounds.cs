namespace EdgeVision.Imaging;

/// <summary>What is refused from the header, before a byte is allocated for pixels: a small file can announce a huge picture.</summary>
internal static class PictureBounds
{
    /// <summary>Source pixels a side.</summary>
    public const int MaxSide = 16_384;

    /// <summary>50 megapixels: four times 4K, 200 MB as BGRA.</summary>
    public const int MaxPixels = 50_000_000;

    /// <summary>Bytes of a picture file.</summary>
    public const long MaxFileBytes = 256L << 20;

    public static bool Allow(int width, int height) =>
        width is > 0 and <= MaxSide && height is > 0 and <= MaxSide && (long)width * height <= MaxPixels;

    public static string Refusal(int width, int height) =>
        $"its header says {width}×{height}, at most {MaxSide} pixels a side and {MaxPixels / 1_000_000} megapixels are read";
}
