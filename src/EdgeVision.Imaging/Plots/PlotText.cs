using SkiaSharp;

namespace EdgeVision.Imaging.Plots;

/// <summary>A line of text in the stroke font, which needs no font on the machine.</summary>
/// <param name="Capital">Height of a capital letter, pixels.</param>
/// <param name="Colour">Of the pen.</param>
/// <param name="Bold">A broader pen.</param>
internal readonly record struct PlotText(float Capital, SKColor Colour, bool Bold = false)
{
    private float Unit => Capital / StrokeFont.CapHeight;

    /// <summary>Design units.</summary>
    private float Pen => Bold ? 1.6f : 1.15f;

    public float Measure(string text) => (StrokeFont.Measure(text) + Pen) * Unit;

    /// <summary>The text, or its beginning and dots, so that it fits.</summary>
    public string Fit(string text, float width)
    {
        if (Measure(text) <= width) return text;
        var length = text.Length;
        while (length > 1 && Measure(text[..length] + "...") > width) length--;
        return text[..length].TrimEnd() + "...";
    }

    /// <param name="canvas">Target.</param>
    /// <param name="text">Letters without a glyph become a small box.</param>
    /// <param name="x">Left end, middle or right end, by <paramref name="align"/>.</param>
    /// <param name="baseline">Pixels.</param>
    /// <param name="align">0 left, 0.5 centred, 1 right.</param>
    public void Draw(SKCanvas canvas, string text, float x, float baseline, float align = 0)
    {
        using var builder = new SKPathBuilder();
        StrokeFont.Append(builder, text, x - (Measure(text) * align) + (Pen / 2 * Unit), baseline, Unit);
        using var path = builder.Detach();
        using var paint = new SKPaint
        {
            IsAntialias = true,
            Style = SKPaintStyle.Stroke,
            StrokeCap = SKStrokeCap.Round,
            StrokeJoin = SKStrokeJoin.Round,
            StrokeWidth = Pen * Unit,
            Color = Colour,
        };
        canvas.DrawPath(path, paint);
    }
}
