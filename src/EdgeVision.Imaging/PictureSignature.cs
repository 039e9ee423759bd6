namespace EdgeVision.Imaging;

/// <summary>Tells what a file is from its first bytes, for error texts that name what was found.</summary>
public static class PictureSignature
{
    public const string Jpeg = "JPEG";
    public const string Png = "PNG";
    public const string Text = "text";
    public const string Unknown = "no picture format that is known";
    public const string LfsPointer = "a Git LFS pointer";

    /// <summary>As many bytes as the longest signature looks at, with some text to tell text by.</summary>
    public const int MaxBytes = 64;

    /// <summary>"JPEG", "PNG", or words like "a GIF picture", "an MP4 video", "text".</summary>
    /// <param name="start">The first bytes of the file, <see cref="MaxBytes"/> suffice.</param>
    public static string Name(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith<byte>([0xFF, 0xD8, 0xFF])) return Jpeg;
        if (start.StartsWith<byte>([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10])) return Png;
        if (start.StartsWith("GIF8"u8)) return "a GIF picture";
        if (start.StartsWith("BM"u8)) return "a BMP picture";
        if (start.StartsWith("II*\0"u8) || start.StartsWith("MM\0*"u8)) return "a TIFF picture";
        if (start.StartsWith<byte>([0x1A, 0x45, 0xDF, 0xA3])) return "a Matroska or WebM video";
        if (start.StartsWith<byte>([0, 0, 1, 0xBA])) return "an MPEG video";
        if (start.StartsWith("%PDF"u8)) return "a PDF document";
        if (start.StartsWith("version https://git-lfs"u8)) return LfsPointer;
        if (start.Length >= 12 && start.StartsWith("RIFF"u8)) return Riff(start[8..]);
        if (start.Length >= 12 && start[4..].StartsWith("ftyp"u8)) return IsoMedia(start[8..]);
        return IsText(start) ? Text : Unknown;
    }

    private static string Riff(ReadOnlySpan<byte> type) =>
        type.StartsWith("WEBP"u8) ? "a WebP picture" : type.StartsWith("AVI "u8) ? "an AVI video" : "a RIFF file";

    private static string IsoMedia(ReadOnlySpan<byte> brand) =>
        brand.StartsWith("hei"u8) || brand.StartsWith("mif1"u8) ? "a HEIC picture" : brand.StartsWith("avif"u8) ? "an AVIF picture" : "an MP4 video";

    private static bool IsText(ReadOnlySpan<byte> start)
    {
        foreach (var value in start[..Math.Min(start.Length, MaxBytes)])
        {
            if (value is < 0x20 and not (9 or 10 or 13) or 0x7F or > 0xF4) return false;
        }

        return start.Length > 0;
    }
}
