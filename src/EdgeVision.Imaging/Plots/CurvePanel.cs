using System.Globalization;
using SkiaSharp;

namespace EdgeVision.Imaging.Plots;

/// <summary>One coordinate system from 0 to 1 with its curves.</summary>
/// <param name="canvas">Target.</param>
/// <param name="area">Inside the axes, pixels.</param>
/// <param name="scale">1 for large panels; lines and letters grow with it.</param>
internal sealed class CurvePanel(SKCanvas canvas, SKRect area, float scale)
{
    private readonly PlotText _tick = new(9 * scale, PlotColours.Faint);
    private readonly PlotText _axis = new(10 * scale, PlotColours.Faint);
    private readonly PlotText _legend = new(10.5f * scale, PlotColours.Ink);

    /// <summary>Grid and figures.</summary>
    /// <param name="steps">Parts of each axis.</param>
    /// <param name="x">Name of the axis; null for none.</param>
    /// <param name="y">Name of the axis; null for none.</param>
    public void DrawAxes(int steps, string? x, string? y)
    {
        using var paint = new SKPaint { IsAntialias = true, Style = SKPaintStyle.Stroke, StrokeWidth = scale, Color = PlotColours.Grid };
        for (var i = 0; i <= steps; i++)
        {
            var share = (float)i / steps;
            var (left, top) = (Place(share, 0).X, Place(0, share).Y);
            canvas.DrawLine(left, area.Top, left, area.Bottom, paint);
            canvas.DrawLine(area.Left, top, area.Right, top, paint);
            var figure = share.ToString("0.##", CultureInfo.InvariantCulture);
            _tick.Draw(canvas, figure, left, area.Bottom + (18 * scale), 0.5f);
            if (i > 0) _tick.Draw(canvas, figure, area.Left - (7 * scale), top + (4.5f * scale), 1);
        }

        if (x is not null) _axis.Draw(canvas, x, area.MidX, area.Bottom + (42 * scale), 0.5f);
        if (y is null) return;
        canvas.Save();
        canvas.Translate(area.Left - (48 * scale), area.MidY);
        canvas.RotateDegrees(-90);
        _axis.Draw(canvas, y, 0, 0, 0.5f);
        canvas.Restore();
    }

    public void Draw(PlotCurve curve)
    {
        if (curve.Points.Count == 0) return;
        using var builder = new SKPathBuilder();
        for (var i = 0; i < curve.Points.Count; i++)
        {
            var at = Place(curve.Points[i].X, curve.Points[i].Y);
            if (i == 0) builder.MoveTo(at.X, at.Y);
            else builder.LineTo(at.X, at.Y);
        }

        using var line = builder.Snapshot();
        using var paint = new SKPaint { IsAntialias = true };
        if (curve.Filled)
        {
            builder.LineTo(Place(curve.Points[^1].X, 0).X, area.Bottom);
            builder.LineTo(Place(curve.Points[0].X, 0).X, area.Bottom);
            builder.Close();
            using var below = builder.Snapshot();
            paint.Color = curve.Colour.WithAlpha(34);
            canvas.DrawPath(below, paint);
        }

        paint.Style = SKPaintStyle.Stroke;
        paint.StrokeJoin = SKStrokeJoin.Round;
        paint.StrokeCap = SKStrokeCap.Round;
        paint.StrokeWidth = 2.6f * scale;
        paint.Color = curve.Colour;
        canvas.DrawPath(line, paint);
    }

    /// <summary>A point with a line down to the axis and words beside it.</summary>
    public void Mark(float x, float y, string words)
    {
        var at = Place(x, y);
        using var paint = new SKPaint { IsAntialias = true, Style = SKPaintStyle.Stroke, StrokeWidth = 1.4f * scale, Color = PlotColours.Ink };
        using (var dashes = SKPathEffect.CreateDash([5 * scale, 4 * scale], 0))
        {
            paint.PathEffect = dashes;
            canvas.DrawLine(at.X, at.Y, at.X, area.Bottom, paint);
            paint.PathEffect = null;
        }

        paint.Style = SKPaintStyle.Fill;
        canvas.DrawCircle(at, 5.5f * scale, paint);
        paint.Color = PlotColours.Ground;
        canvas.DrawCircle(at, 2.5f * scale, paint);
        var text = _legend with { Bold = true };
        var left = x < 0.55f;
        var (width, from) = (text.Measure(words), at.X + ((left ? 12 : -12) * scale));
        paint.Color = PlotColours.Ground.WithAlpha(225);
        canvas.DrawRoundRect(SKRect.Create((left ? from : from - width) - (5 * scale), at.Y - (32 * scale), width + (10 * scale), 22 * scale), 5 * scale, 5 * scale, paint);
        text.Draw(canvas, words, from, at.Y - (16 * scale), left ? 0 : 1);
    }

    /// <summary>Names of the curves in a row above the panel.</summary>
    public void DrawLegend(IEnumerable<PlotCurve> curves)
    {
        var x = area.Left;
        var baseline = area.Top - (16 * scale);
        using var paint = new SKPaint { IsAntialias = true, Style = SKPaintStyle.Stroke, StrokeWidth = 4 * scale, StrokeCap = SKStrokeCap.Round };
        foreach (var curve in curves)
        {
            paint.Color = curve.Colour;
            canvas.DrawLine(x + (2 * scale), baseline - (5 * scale), x + (22 * scale), baseline - (5 * scale), paint);
            _legend.Draw(canvas, curve.Name, x + (31 * scale), baseline);
            x += (31 * scale) + _legend.Measure(curve.Name) + (26 * scale);
        }
    }

    private SKPoint Place(float x, float y) => new(area.Left + (x * area.Width), area.Bottom - (y * area.Height));
}
