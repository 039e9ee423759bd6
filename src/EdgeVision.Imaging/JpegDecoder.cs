using System.Diagnostics.CodeAnalysis;
using EdgeVision.Frames;

namespace EdgeVision.Imaging;

/// <summary>Decodes compressed frames to <see cref="PixelFormat.Bgra32"/>. Thread-safe; holds nothing but the pool.</summary>
/// <param name="pool">Lends the pixels of the decoded frames.</param>
public sealed class JpegDecoder(FramePool pool)
{
    /// <summary>
    /// The <see cref="FrameDecoder"/> of this pool. Refuses more than 50 megapixels or 16384 pixels a side before it allocates, and pictures
    /// that end early. Bits flipped inside the scan data of a complete picture are not noticed, no decoder can: they show as wrong blocks.
    /// Decodes whole pictures, whatever <paramref name="leastScale"/>. EXIF orientation is left alone: a camera's pixels stay where its driver put them.
    /// </summary>
    public bool TryDecode(Frame compressed, float leastScale, [NotNullWhen(true)] out Frame? decoded, [NotNullWhen(false)] out string? reason)
    {
        ArgumentNullException.ThrowIfNull(compressed);
        decoded = null;
        if (compressed.Format.Pixels != PixelFormat.Jpeg)
        {
            reason = $"frame {compressed.Sequence} is {compressed.Format.Pixels}, expected Jpeg";
            return false;
        }

        var bytes = compressed.Pixels;
        if (!JpegHeader.TryRead(bytes, out var width, out var height))
        {
            reason = $"frame {compressed.Sequence} is a broken JPEG of {bytes.Length} bytes: it has no readable header";
            return false;
        }

        if (!PictureBounds.Allow(width, height))
        {
            reason = $"frame {compressed.Sequence} is too large: {PictureBounds.Refusal(width, height)}";
            return false;
        }

        if (!SkiaCodec.TryDecode(bytes, pool, out var pixels, out var info, out _, out var clause))
        {
            reason = $"frame {compressed.Sequence} is a broken JPEG of {bytes.Length} bytes: {clause}";
            return false;
        }

        var format = FrameFormat.Packed(PixelFormat.Bgra32, info.Width, info.Height);
        decoded = new Frame(pixels, format, format.SizeInBytes, compressed.Sequence, compressed.CapturedAt, compressed.Timestamp);
        reason = null;
        return true;
    }
}
