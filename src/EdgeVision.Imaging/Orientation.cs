using SkiaSharp;

namespace EdgeVision.Imaging;

/// <summary>Turns pixels as the EXIF orientation asks (Exif 2.3, tag 0x0112).</summary>
internal static class Orientation
{
    /// <summary>True for the four orientations that exchange width and height.</summary>
    public static bool SwapsSides(SKEncodedOrigin origin) => origin >= SKEncodedOrigin.LeftTop;

    /// <summary>Writes <paramref name="source"/> (<paramref name="width"/> × <paramref name="height"/>) upright into <paramref name="target"/>.</summary>
    public static void Apply(SKEncodedOrigin origin, ReadOnlySpan<uint> source, int width, int height, Span<uint> target)
    {
        // Where source (0, 0) lands, and how far one source column and one source row move in the target.
        var across = SwapsSides(origin) ? height : width;
        var last = (width * height) - 1;
        var (start, column, row) = origin switch
        {
            SKEncodedOrigin.TopRight => (width - 1, -1, across),
            SKEncodedOrigin.BottomRight => (last, -1, -across),
            SKEncodedOrigin.BottomLeft => ((height - 1) * across, 1, -across),
            SKEncodedOrigin.LeftTop => (0, across, 1),
            SKEncodedOrigin.RightTop => (height - 1, across, -1),
            SKEncodedOrigin.RightBottom => (last, -across, -1),
            SKEncodedOrigin.LeftBottom => ((width - 1) * across, -across, 1),
            _ => (0, 1, across),
        };

        for (var y = 0; y < height; y++)
        {
            var to = start + (y * row);
            foreach (var pixel in source.Slice(y * width, width))
            {
                target[to] = pixel;
                to += column;
            }
        }
    }
}
