using EdgeVision.Evaluation;
using SkiaSharp;

namespace EdgeVision.Imaging.Plots;

/// <summary>Boxes on the picture of a mistake.</summary>
/// <param name="canvas">Target.</param>
/// <param name="place">Source pixels to pixels of the target.</param>
internal sealed class MistakeBoxes(SKCanvas canvas, Func<CocoBox, SKRect> place)
{
    private static readonly float[] Dashes = [9, 6];

    private static readonly PlotText Name = new(10, PlotColours.Dark, Bold: true);

    /// <summary>A box that only shows what else is there.</summary>
    public void Context(in CocoBox box, bool truth) => Outline(canvas, place(box), truth, width: 1.6f, alpha: 190);

    /// <summary>A box that the mistake is about.</summary>
    public void Subject(in CocoBox box, bool truth) => Outline(canvas, place(box), truth, width: 3.6f, alpha: 255);

    /// <summary>Its name, after all boxes: above the box of a detection, below that of the truth, so that both can be read.</summary>
    public void Label(in CocoBox box, string name, bool truth)
    {
        var (rect, bounds) = (place(box), canvas.LocalClipBounds);
        var (width, height) = (Name.Measure(name) + 14, 22f);
        var x = Math.Clamp(rect.Left - 2, bounds.Left + 4, Math.Max(bounds.Left + 4, bounds.Right - width - 4));
        var y = Math.Clamp(truth ? rect.Bottom + 5 : rect.Top - height - 5, bounds.Top + 4, bounds.Bottom - height - 4);
        using var paint = new SKPaint { IsAntialias = true, Color = Colour(truth) };
        canvas.DrawRoundRect(SKRect.Create(x, y, width, height), 5, 5, paint);
        Name.Draw(canvas, name, x + 7, y + 16);
    }

    /// <summary>Both kinds with their names, ending at <paramref name="right"/>.</summary>
    public static void DrawLegend(SKCanvas canvas, float right, float baseline)
    {
        var text = new PlotText(10, PlotColours.Light);
        foreach (var (name, truth) in ((string, bool)[])[("detection", false), ("truth", true)])
        {
            right -= text.Measure(name);
            text.Draw(canvas, name, right, baseline);
            Outline(canvas, SKRect.Create(right - 32, baseline - 12, 23, 14), truth, width: 2.6f, alpha: 255);
            right -= 54;
        }
    }

    private static SKColor Colour(bool truth) => truth ? PlotColours.Truth : PlotColours.Detection;

    private static void Outline(SKCanvas canvas, SKRect rect, bool truth, float width, byte alpha)
    {
        using var paint = new SKPaint { IsAntialias = true, Style = SKPaintStyle.Stroke, StrokeWidth = width + 2, Color = PlotColours.Dark.WithAlpha((byte)(alpha / 2)) };
        canvas.DrawRoundRect(rect, 3, 3, paint);
        using var dashes = truth ? SKPathEffect.CreateDash(Dashes, 0) : null;
        paint.PathEffect = dashes;
        paint.StrokeWidth = width;
        paint.Color = Colour(truth).WithAlpha(alpha);
        canvas.DrawRoundRect(rect, 3, 3, paint);
    }
}
