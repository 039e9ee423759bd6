using System.Globalization;
using EdgeVision.Inference;
using SkiaSharp;

namespace EdgeVision.Imaging;

/// <summary>"person 87 %" on a rounded ground, where it covers as little as possible.</summary>
internal sealed class LabelChip
{
    /// <summary>Pens in design units of <see cref="StrokeFont"/>: the name semi-bold, the confidence regular.</summary>
    private const float NamePen = 1.55f;

    private const float ConfidencePen = 1.2f;

    /// <summary>Design units between name and confidence.</summary>
    private const float Gap = 6.4f;

    /// <summary>Below this many pixels a letter is a smudge: the box speaks for itself.</summary>
    private const float SmallestCapital = 3;

    private readonly string _name;
    private readonly string _confidence;
    private readonly LabelSize _size;
    private readonly float _unit;

    private LabelChip(string name, string confidence, LabelSize size, SKRect rect)
    {
        (_name, _confidence, _size, Rect) = (name, confidence, size, rect);
        _unit = size.Capital / StrokeFont.CapHeight;
    }

    /// <summary>Picture pixels.</summary>
    public SKRect Rect { get; }

    /// <summary>
    /// Finds the chip's place: above the box, else inside or below it, wherever it hides the least of the chips already placed; always inside
    /// the picture. Null when the picture is too small for readable letters.
    /// </summary>
    public static LabelChip? Place(string name, in Detection detection, LabelSize size, int width, int height, List<SKRect> placed)
    {
        var confidence = string.Create(CultureInfo.InvariantCulture, $"{Math.Clamp(MathF.Round(detection.Confidence * 100), 0, 100):0} %");
        var letters = StrokeFont.Measure(name) + Gap + StrokeFont.Measure(confidence) + NamePen;
        var (chipWidth, chipHeight) = Extent(size, letters);
        var fit = Math.Min(1, Math.Min(width / chipWidth, height / chipHeight));
        if (fit < 1)
        {
            size = new LabelSize(size.Scale * fit);
            (chipWidth, chipHeight) = Extent(size, letters);
        }

        if (size.Capital < SmallestCapital) return null;
        var rect = LeastCovering(detection, size, chipWidth, chipHeight, width, height, placed);
        placed.Add(rect);
        return new LabelChip(name, confidence, size, rect);
    }

    public void Draw(SKCanvas canvas, SKColor ground, SKColor ink)
    {
        using var paint = new SKPaint { IsAntialias = true, Style = SKPaintStyle.Stroke, StrokeWidth = 2 * _size.Outline, Color = ink.WithAlpha(150) };
        var radius = _size.Radius * 0.8f;
        canvas.DrawRoundRect(Rect, radius, radius, paint);
        paint.Style = SKPaintStyle.Fill;
        paint.Color = ground;
        canvas.DrawRoundRect(Rect, radius, radius, paint);

        var x = Rect.Left + _size.PaddingX + (NamePen / 2 * _unit);
        var baseline = Rect.MidY + (_size.Capital / 2);
        Write(canvas, paint, _name, x, baseline, NamePen, ink);
        Write(canvas, paint, _confidence, x + ((StrokeFont.Measure(_name) + Gap) * _unit), baseline, ConfidencePen, ink.WithAlpha(215));
    }

    private void Write(SKCanvas canvas, SKPaint paint, string text, float x, float baseline, float pen, SKColor ink)
    {
        using var builder = new SKPathBuilder();
        StrokeFont.Append(builder, text, x, baseline, _unit);
        using var path = builder.Detach();
        paint.Style = SKPaintStyle.Stroke;
        paint.StrokeCap = SKStrokeCap.Round;
        paint.StrokeJoin = SKStrokeJoin.Round;
        paint.StrokeWidth = pen * _unit;
        paint.Color = ink;
        canvas.DrawPath(path, paint);
    }

    private static (float Width, float Height) Extent(LabelSize size, float letters) => (
        (letters * size.Capital / StrokeFont.CapHeight) + (2 * size.PaddingX),
        size.Capital + (2 * size.PaddingY));

    private static SKRect LeastCovering(
        in Detection detection, LabelSize size, float chipWidth, float chipHeight, int width, int height, List<SKRect> placed)
    {
        var box = detection.Box;
        var gap = size.Outline * 2;
        var inset = size.Stroke + gap;
        ReadOnlySpan<SKPoint> corners =
        [
            new(box.Left, box.Top - gap - chipHeight),
            new(box.Right - chipWidth, box.Top - gap - chipHeight),
            new(box.Left + inset, box.Top + inset),
            new(box.Right - inset - chipWidth, box.Top + inset),
            new(box.Left, box.Bottom + gap),
            new(box.Left + inset, box.Bottom - inset - chipHeight),
        ];

        // The margin keeps the chip's outline in the picture too.
        var margin = Math.Min(size.Outline, Math.Max(0, Math.Min(width - chipWidth, height - chipHeight) / 2));
        var best = SKRect.Empty;
        var bestCost = float.PositiveInfinity;
        for (var i = 0; i < corners.Length; i++)
        {
            var left = Math.Clamp(corners[i].X, margin, Math.Max(margin, width - margin - chipWidth));
            var top = Math.Clamp(corners[i].Y, margin, Math.Max(margin, height - margin - chipHeight));
            var rect = SKRect.Create(left, top, chipWidth, chipHeight);
            // A place costs what it hides, what the picture's edge pushed it from where it belongs, and a little for its rank.
            var moved = Math.Abs(left - corners[i].X) + Math.Abs(top - corners[i].Y);
            var cost = Covered(rect, placed) + (moved * chipHeight) + (i * 0.05f * chipWidth * chipHeight);
            if (cost >= bestCost) continue;
            (best, bestCost) = (rect, cost);
        }

        return best;
    }

    private static float Covered(SKRect rect, List<SKRect> placed)
    {
        var covered = 0f;
        foreach (var other in placed)
        {
            var common = SKRect.Intersect(rect, other);
            if (common is { Width: > 0, Height: > 0 }) covered += common.Width * common.Height;
        }

        return covered;
    }
}
