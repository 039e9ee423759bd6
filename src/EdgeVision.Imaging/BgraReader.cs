using EdgeVision.Frames;

namespace EdgeVision.Imaging;

/// <summary>
/// Pixels of any uncompressed format as opaque BGRA, rounded to the nearest: exact before fast, for people's eyes. Chroma that pixels share belongs to each of
/// them unchanged, as in the preprocessing: people see what the model sees.
/// </summary>
internal readonly struct BgraReader
{
    private const uint Opaque = 0xFF00_0000;

    private readonly FrameFormat _format;
    private readonly double _black, _luma, _redOfV, _greenOfU, _greenOfV, _blueOfU;

    public BgraReader(in FrameFormat format)
    {
        _format = format;
        // ITU-R BT.601-7 and BT.709-6 by their Kr and Kb; full range as JFIF 1.02.
        var (kr, kb) = format.Yuv is YuvEncoding.Bt601Limited or YuvEncoding.Bt601Full ? (0.299, 0.114) : (0.2126, 0.0722);
        var limited = format.Yuv is YuvEncoding.Bt601Limited or YuvEncoding.Bt709Limited;
        var (kg, chroma) = (1 - kr - kb, limited ? 255 / 224.0 : 1);
        (_black, _luma) = limited ? (16, 255 / 219.0) : (0, 1);
        (_redOfV, _blueOfU) = (2 * (1 - kr) * chroma, 2 * (1 - kb) * chroma);
        (_greenOfU, _greenOfV) = (-_blueOfU * kb / kg, -_redOfV * kr / kg);
    }

    /// <param name="pixels">Of the frame.</param>
    /// <param name="y">Stored row.</param>
    /// <param name="target">As long as the row.</param>
    public void ReadRow(ReadOnlySpan<byte> pixels, int y, Span<uint> target)
    {
        var row = pixels[(y * _format.Stride)..];
        var (plane, chroma, rowPairs) = (_format.Stride * _format.Height, _format.ChromaStride, (_format.Height + 1) / 2);
        for (var x = 0; x < target.Length; x++)
        {
            target[x] = _format.Pixels switch
            {
                PixelFormat.Bgra32 => Pixel(row[(4 * x) + 2], row[(4 * x) + 1], row[4 * x]),
                PixelFormat.Rgba32 => Pixel(row[4 * x], row[(4 * x) + 1], row[(4 * x) + 2]),
                PixelFormat.Bgr24 => Pixel(row[(3 * x) + 2], row[(3 * x) + 1], row[3 * x]),
                PixelFormat.Rgb24 => Pixel(row[3 * x], row[(3 * x) + 1], row[(3 * x) + 2]),
                PixelFormat.Grey8 => Pixel(row[x], row[x], row[x]),
                PixelFormat.Yuyv => Colour(row[2 * x], row[(4 * (x / 2)) + 1], row[(4 * (x / 2)) + 3]),
                PixelFormat.Uyvy => Colour(row[(2 * x) + 1], row[4 * (x / 2)], row[(4 * (x / 2)) + 2]),
                PixelFormat.Nv12 => Planar(row[x], pixels[(plane + (y / 2 * chroma) + (2 * (x / 2)))..], 0, 1),
                PixelFormat.Nv21 => Planar(row[x], pixels[(plane + (y / 2 * chroma) + (2 * (x / 2)))..], 1, 0),
                PixelFormat.I420 => Planar(row[x], pixels[(plane + (y / 2 * chroma) + (x / 2))..], 0, rowPairs * chroma),
                PixelFormat.I422 => Planar(row[x], pixels[(plane + (y * chroma) + (x / 2))..], 0, _format.Height * chroma),
                PixelFormat.I444 => Planar(row[x], pixels[(plane + (y * chroma) + x)..], 0, _format.Height * chroma),
                _ => throw new ArgumentOutOfRangeException(nameof(pixels), _format.Pixels, "No way is known to show frames of this format."),
            };
        }
    }

    private uint Planar(byte y, ReadOnlySpan<byte> chroma, int u, int v) => Colour(y, chroma[u], chroma[v]);

    private uint Colour(byte y, byte u, byte v)
    {
        var (luma, blue, red) = ((y - _black) * _luma, u - 128, v - 128);
        return Pixel(Byte(luma + (_redOfV * red)), Byte(luma + (_greenOfU * blue) + (_greenOfV * red)), Byte(luma + (_blueOfU * blue)));
    }

    private static byte Byte(double value) => (byte)Math.Clamp(Math.Round(value), 0, 255);

    private static uint Pixel(byte red, byte green, byte blue) => Opaque | ((uint)red << 16) | ((uint)green << 8) | blue;
}
