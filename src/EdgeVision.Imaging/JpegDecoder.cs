using System.Diagnostics.CodeAnalysis;
using EdgeVision.Frames;
using EdgeVision.Imaging.Turbo;

namespace EdgeVision.Imaging;

/// <summary>
/// Decodes compressed frames: with libjpeg-turbo, where the machine has it, to the YUV planes that the picture is made of; with SkiaSharp, which
/// is always there, to <see cref="PixelFormat.Bgra32"/>. Thread-safe; holds nothing but the pool.
/// </summary>
public sealed class JpegDecoder
{
    private readonly FramePool _pool;
    private readonly TurboCodec? _turbo;

    /// <param name="pool">Lends the pixels of the decoded frames.</param>
    public JpegDecoder(FramePool pool) : this(pool, TurboJpeg.Installed)
    {
    }

    internal JpegDecoder(FramePool pool, TurboJpeg? turbo)
    {
        _pool = pool;
        _turbo = turbo is null ? null : new TurboCodec(turbo);
    }

    /// <summary>What decodes JPEG frames on this machine, for people, and what would be better.</summary>
    public static string Codec => TurboJpeg.Installed is null
        ? $"SkiaSharp ({TurboJpeg.FileName} is not installed; it would take a fraction of the time)"
        : $"libjpeg-turbo ({TurboJpeg.FileName})";

    /// <summary>
    /// The <see cref="FrameDecoder"/> of this pool. Refuses more than 50 megapixels or 16384 pixels a side before it allocates, and pictures
    /// that end early. Bits flipped inside the scan data of a complete picture are not noticed, no decoder can: they show as wrong blocks.
    /// Stores whole eighths of the sides, rounded up. EXIF orientation is left alone: a camera's pixels stay where its driver put them.
    /// </summary>
    public bool TryDecode(Frame frame, float leastScale, [NotNullWhen(false)] out string? reason)
    {
        if (!TryDecode(frame, leastScale, out var pixels, out var format, out var width, out var height, out reason)) return false;
        frame.Become(pixels, format, width, height);
        return true;
    }

    /// <summary>The same for whoever keeps the compressed frame, and owns both.</summary>
    public bool TryDecode(Frame compressed, float leastScale, [NotNullWhen(true)] out Frame? decoded, [NotNullWhen(false)] out string? reason)
    {
        decoded = null;
        if (!TryDecode(compressed, leastScale, out var pixels, out var format, out var width, out var height, out reason)) return false;
        decoded = compressed.Decoded(pixels, format, width, height);
        return true;
    }

    private bool TryDecode(
        Frame compressed, float leastScale, [NotNullWhen(true)] out FrameBuffer? pixels, out FrameFormat format, out int width, out int height, [NotNullWhen(false)] out string? reason)
    {
        ArgumentNullException.ThrowIfNull(compressed);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(leastScale);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(leastScale, 1);
        (pixels, format, width, height) = (null, default, 0, 0);
        if (compressed.Format.Pixels != PixelFormat.Jpeg)
        {
            reason = $"frame {compressed.Sequence} is {compressed.Format.Pixels}, expected Jpeg";
            return false;
        }

        var bytes = compressed.Compressed;
        if (!JpegHeader.TryRead(bytes, out width, out height))
        {
            reason = $"frame {compressed.Sequence} is a broken JPEG of {bytes.Length} bytes: it has no readable header";
            return false;
        }

        if (!PictureBounds.Allow(width, height))
        {
            reason = $"frame {compressed.Sequence} is too large: {PictureBounds.Refusal(width, height)}";
            return false;
        }

        if (!TryDecode(bytes, width, height, leastScale, out pixels, out format, out var clause))
        {
            reason = $"frame {compressed.Sequence} is a broken JPEG of {bytes.Length} bytes: {clause}";
            return false;
        }

        reason = null;
        return true;
    }

    private bool TryDecode(
        ReadOnlySpan<byte> bytes, int width, int height, float leastScale, [NotNullWhen(true)] out FrameBuffer? pixels, out FrameFormat format, [NotNullWhen(false)] out string? clause)
    {
        (pixels, format, clause) = (null, default, null);
        if (!JpegHeader.HasEnd(bytes))
        {
            clause = "the picture data ends early";
            return false;
        }

        if (_turbo?.TryDecode(bytes, width, height, leastScale, _pool, out pixels, out format, out clause) == true && pixels is not null) return true;
        if (clause is not null) return false;

        if (!SkiaCodec.TryDecode(bytes, leastScale, _pool, out pixels, out var info, out _, out clause)) return false;
        format = FrameFormat.Packed(PixelFormat.Bgra32, info.Width, info.Height);
        return true;
    }
}
