using System.Diagnostics.CodeAnalysis;
using EdgeVision.Frames;
using SkiaSharp;

namespace EdgeVision.Imaging;

/// <summary>Skia's decoders, on pooled memory and with the bounds checked first.</summary>
internal static unsafe class SkiaCodec
{
    /// <summary>Decodes a picture to BGRA; premultiplied where it has alpha. The caller owns <paramref name="pixels"/>.</summary>
    /// <param name="bytes">The compressed picture.</param>
    /// <param name="leastScale">Above 0: the least share of each side that must be stored. Below 1 is for JPEG, the one format that scales cheaply.</param>
    /// <param name="pool">Lends the pixels.</param>
    /// <param name="pixels">Packed rows.</param>
    /// <param name="info">Size, alpha, as decoded (before any EXIF rotation).</param>
    /// <param name="origin">The EXIF orientation.</param>
    /// <param name="reason">A clause, without subject: "the picture data ends early".</param>
    public static bool TryDecode(
        ReadOnlySpan<byte> bytes,
        float leastScale,
        FramePool pool,
        [NotNullWhen(true)] out FrameBuffer? pixels,
        out SKImageInfo info,
        out SKEncodedOrigin origin,
        [NotNullWhen(false)] out string? reason)
    {
        (pixels, info, origin) = (null, default, SKEncodedOrigin.TopLeft);
        fixed (byte* first = bytes)
        {
            // SKData and SKCodec only point at the pinned bytes, and are gone before the pin is.
            using var data = SKData.Create((nint)first, bytes.Length);
            using var codec = SKCodec.Create(data);
            if (codec is null)
            {
                reason = "its header is broken";
                return false;
            }

            var (width, height) = (codec.Info.Width, codec.Info.Height);
            if (!PictureBounds.Allow(width, height))
            {
                reason = PictureBounds.Refusal(width, height);
                return false;
            }

            origin = codec.EncodedOrigin;
            // No colour space: values go through unchanged, as models were trained on. JPEG decodes to BGRA as fast as to RGBA (2.7 ms for 640×480).
            var size = leastScale < 1 ? codec.GetScaledDimensions(DctScale.Eighths(leastScale) / 8f) : codec.Info.Size;
            info = new SKImageInfo(size.Width, size.Height, SKColorType.Bgra8888, codec.Info.AlphaType == SKAlphaType.Opaque ? SKAlphaType.Opaque : SKAlphaType.Premul);
            var buffer = pool.Rent(info.BytesSize);
            SKCodecResult result;
            fixed (byte* target = buffer.Memory.Span)
            {
                result = codec.GetPixels(info, (nint)target, info.RowBytes, SKCodecOptions.Default);
            }

            if (result == SKCodecResult.Success)
            {
                (pixels, reason) = (buffer, null);
                return true;
            }

            buffer.Return();
            reason = Explain(result);
            return false;
        }
    }

    private static string Explain(SKCodecResult result) => result switch
    {
        SKCodecResult.IncompleteInput => "the picture data ends early",
        SKCodecResult.ErrorInInput => "the picture data is damaged",
        SKCodecResult.Unimplemented => "it uses a variant of the format that is not supported",
        _ => $"it cannot be decoded ({result})",
    };
}
