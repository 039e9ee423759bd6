using EdgeVision.Frames;

namespace EdgeVision.Imaging.Turbo;

/// <summary>
/// Where libjpeg-turbo may write the planes of one picture. It pads luma to whole chroma samples, so that a 4:2:0 picture of odd height gets one
/// luma row more than a <see cref="FrameFormat"/> has: chroma begins behind that row and moves up to its place afterwards.
/// </summary>
/// <param name="Format">Of the finished frame; an odd width with shared chroma has one byte of padding a row.</param>
/// <param name="LumaRows">Rows written, at least the format's height.</param>
/// <param name="ChromaRows">Of each chroma plane; 0 without colour.</param>
internal readonly record struct TurboLayout(FrameFormat Format, int LumaRows, int ChromaRows)
{
    /// <summary>Of a picture decoded to <paramref name="width"/> × <paramref name="height"/> pixels.</summary>
    public static TurboLayout Of(PixelFormat pixels, int width, int height)
    {
        var sharesColumns = pixels is PixelFormat.I420 or PixelFormat.I422;
        var format = new FrameFormat(pixels, width, height, sharesColumns ? RoundUp(width) : width, YuvEncoding.Bt601Full);
        return pixels switch
        {
            PixelFormat.I420 => new(format, RoundUp(height), RoundUp(height) / 2),
            PixelFormat.I422 or PixelFormat.I444 => new(format, height, height),
            _ => new(format, height, 0),
        };
    }

    /// <summary>Bytes that are written.</summary>
    public int Bytes => checked((Format.Stride * LumaRows) + (2 * ChromaBytes));

    /// <summary>Where the first chroma plane is written; the second follows it.</summary>
    public int ChromaAt => Format.Stride * LumaRows;

    /// <summary>Of one chroma plane.</summary>
    public int ChromaBytes => Format.ChromaStride * ChromaRows;

    /// <summary>Closes the gap that the padding row leaves.</summary>
    public void Settle(Span<byte> written)
    {
        if (LumaRows != Format.Height) written.Slice(ChromaAt, 2 * ChromaBytes).CopyTo(written[(Format.Stride * Format.Height)..]);
    }

    private static int RoundUp(int length) => (length + 1) & ~1;
}
