using System.Diagnostics.CodeAnalysis;
using EdgeVision.Frames;

namespace EdgeVision.Imaging.Turbo;

/// <summary>
/// Decodes camera pictures with libjpeg-turbo to the planes they are made of, without conversion to RGB, at an eighth, a quarter, a half or the
/// whole of their size. Thread-safe.
/// </summary>
internal sealed unsafe class TurboCodec(TurboJpeg library)
{
    /// <summary>
    /// Decodes, on pooled memory. False with a reason for a broken picture, which another decoder would not do better; false without one for a header
    /// or a kind of picture that is not read here.
    /// </summary>
    /// <param name="jpeg">The compressed picture.</param>
    /// <param name="width">Source pixels by a header read before, within <see cref="PictureBounds"/>: what is allocated is bound by it.</param>
    /// <param name="height">As <paramref name="width"/>.</param>
    /// <param name="leastScale">Above 0: the least share of each side that must be stored.</param>
    /// <param name="pool">Lends the pixels.</param>
    /// <param name="pixels">The caller's.</param>
    /// <param name="format">I420, I422, I444 or Grey8.</param>
    /// <param name="reason">A clause, without subject.</param>
    public bool TryDecode(
        ReadOnlySpan<byte> jpeg, int width, int height, float leastScale, FramePool pool, [NotNullWhen(true)] out FrameBuffer? pixels, out FrameFormat format, out string? reason)
    {
        (pixels, format, reason) = (null, default, null);
        // One a picture, which costs microseconds: libjpeg keeps Huffman and quantisation tables from picture to picture, and a damaged
        // picture must not spoil the good ones after it that carry no tables of their own.
        var decompressor = library.Create();
        if (decompressor == 0) return false;
        try
        {
            fixed (byte* bytes = jpeg)
            {
                var header = library.ReadHeader(decompressor, bytes, jpeg.Length);
                if ((header.Width, header.Height) != (width, height) || !TryGetFormat(header, out var planes)) return false;

                var eighths = DctScale.Eighths(leastScale);
                var layout = TurboLayout.Of(planes, DctScale.Apply(width, eighths), DctScale.Apply(height, eighths));
                var buffer = pool.Rent(layout.Bytes);
                if (!TryDecompress(decompressor, bytes, jpeg.Length, layout, buffer.Memory.Span, out reason))
                {
                    buffer.Return();
                    return false;
                }

                (pixels, format) = (buffer, layout.Format);
                return true;
            }
        }
        finally
        {
            library.Destroy(decompressor);
        }
    }

    /// <summary>False for what cameras do not make (4:4:0, 4:1:1, RGB, CMYK): not worth a path of its own.</summary>
    private static bool TryGetFormat(in TurboHeader header, out PixelFormat format)
    {
        format = (header.Colours, header.Subsampling) switch
        {
            (TurboColours.YCbCr, TurboSubsampling.S420) => PixelFormat.I420,
            (TurboColours.YCbCr, TurboSubsampling.S422) => PixelFormat.I422,
            (TurboColours.YCbCr, TurboSubsampling.S444) => PixelFormat.I444,
            (TurboColours.Grey, TurboSubsampling.Grey) => PixelFormat.Grey8,
            _ => PixelFormat.Jpeg,
        };
        return format is not PixelFormat.Jpeg;
    }

    private bool TryDecompress(nint decompressor, byte* jpeg, int length, in TurboLayout layout, Span<byte> target, [NotNullWhen(false)] out string? reason)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(target.Length, layout.Bytes);
        fixed (byte* first = target)
        {
            var planes = stackalloc byte*[3] { first, first + layout.ChromaAt, first + layout.ChromaAt + layout.ChromaBytes };
            var strides = stackalloc int[3] { layout.Format.Stride, layout.Format.ChromaStride, layout.Format.ChromaStride };
            reason = library.Decompress(decompressor, jpeg, length, planes, strides, layout.Format.Width, layout.Format.Height)
                ? null
                : Judge(library.Complaint(decompressor));
        }

        if (reason is not null) return false;
        layout.Settle(target);
        return true;
    }

    /// <summary>
    /// Null for a warning that leaves a whole picture. Told by the text, for only it is right: an error after a warning is given the warning's
    /// code, with planes that are not written to their end. Texts are those of jerror.h, which are not translated.
    /// </summary>
    private static string? Judge(ReadOnlySpan<byte> complaint)
    {
        if (complaint.StartsWith("Premature end"u8) || complaint.EndsWith("premature end of data segment"u8)) return "the picture data ends early";
        // "Corrupt JPEG data: 2 extraneous bytes before marker 0xd9" is the daily bread of cheap webcams; bad codes show as wrong blocks, as they do with any decoder.
        return complaint.StartsWith("Corrupt JPEG data: "u8) || complaint.StartsWith("Warning: unknown JFIF revision"u8)
            || complaint.StartsWith("Invalid SOS parameters for sequential JPEG"u8) || complaint.StartsWith("Unknown Adobe color transform"u8)
            ? null
            : "the picture data is damaged";
    }
}
