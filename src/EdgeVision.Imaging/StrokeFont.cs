using SkiaSharp;

namespace EdgeVision.Imaging;

/// <summary>
/// Text for label chips without any font on the machine: Skia's dependency-free build has no font at all, and a bare node has no fontconfig.
/// Glyphs are centre lines (<see cref="StrokeGlyphs"/>) drawn with a round pen, so they are crisp at every size.
/// </summary>
internal static class StrokeFont
{
    /// <summary>Units of the design grid: capitals stand on the baseline and are 10 high, descenders reach 3 below.</summary>
    public const float CapHeight = 10;

    /// <summary>Design units between the centre lines of two neighbouring letters.</summary>
    private const float Spacing = 2.7f;

    private const float SpaceWidth = 1.6f;

    /// <summary>Width of the text in design units, without the half pen left and right.</summary>
    public static float Measure(string text)
    {
        var width = 0f;
        foreach (var letter in text) width += WidthOf(letter) + Spacing;
        return Math.Max(0, width - Spacing);
    }

    /// <summary>Adds the centre lines of the text to <paramref name="path"/>, baseline at (<paramref name="x"/>, <paramref name="y"/>).</summary>
    /// <param name="path">Target, in picture pixels.</param>
    /// <param name="text">Letters without a glyph are drawn as a small box.</param>
    /// <param name="x">Left end of the first centre line.</param>
    /// <param name="y">Baseline.</param>
    /// <param name="unit">Pixels a design unit.</param>
    public static void Append(SKPathBuilder path, string text, float x, float y, float unit)
    {
        foreach (var letter in text)
        {
            if (letter != ' ')
            {
                using var outline = SKPath.ParseSvgPathData(StrokeGlyphs.Find(letter).Path);
                var place = SKMatrix.CreateScaleTranslation(unit, unit, x, y);
                path.AddPath(outline, in place);
            }

            x += (WidthOf(letter) + Spacing) * unit;
        }
    }

    private static float WidthOf(char letter) => letter == ' ' ? SpaceWidth : StrokeGlyphs.Find(letter).Width;
}
