using System.Globalization;
using EdgeVision.Evaluation;
using SkiaSharp;

namespace EdgeVision.Imaging.Plots;

/// <summary>Precision over recall, and what a threshold does, as PNG.</summary>
public static class PrecisionRecallPlot
{
    /// <summary>Classes in the small multiples at most; a picture of more is a wall.</summary>
    public const int MaxClasses = 48;

    private const int Columns = 6;

    /// <summary>All classes together: precision over recall at left, precision, recall and F1 over the threshold at right.</summary>
    /// <param name="result">Of the evaluation.</param>
    /// <param name="proposal">Its thresholds.</param>
    /// <param name="title">The model.</param>
    /// <param name="subtitle">On what.</param>
    public static byte[] Overall(EvaluationResult result, ThresholdProposal proposal, string title, string subtitle)
    {
        ArgumentNullException.ThrowIfNull(result);
        ArgumentNullException.ThrowIfNull(proposal);
        using var bitmap = New(1640, 880);
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(PlotColours.Ground);
        new PlotText(22, PlotColours.Ink, Bold: true).Draw(canvas, title, 60, 70);
        new PlotText(13, PlotColours.Faint).Draw(canvas, subtitle, 60, 106);
        var figures = $"mAP {Figure(result.Map)}    mAP50 {Figure(result.Map50)}    mAP75 {Figure(result.Map75)}";
        new PlotText(17, PlotColours.Ink, Bold: true).Draw(canvas, figures, 1580, 72, 1);

        var left = new CurvePanel(canvas, new SKRect(120, 200, 780, 800), 1.15f);
        var withObjects = result.Categories.Where(static c => c.Count > 0).ToArray();
        PlotCurve[] curves =
        [
            new("IoU 0.50", Mean(withObjects, 0, 1), PlotColours.Blue, Filled: true),
            new("IoU 0.75", Mean(withObjects, CocoEvaluation.Iou75, CocoEvaluation.Iou75 + 1), PlotColours.Vermilion),
            new("mean of IoU 0.50 to 0.95", Mean(withObjects, 0, CocoEvaluation.IouThresholds.Count), PlotColours.Green),
        ];
        left.DrawAxes(5, "recall", "precision");
        foreach (var curve in curves) left.Draw(curve);
        left.DrawLegend(curves);

        var right = new CurvePanel(canvas, new SKRect(920, 200, 1580, 800), 1.15f);
        PlotCurve[] byThreshold =
        [
            // Above the highest confidence there is no precision to speak of.
            new("precision", [.. proposal.Curve.Points.Where(static p => p.Precision > 0).Select(static p => new SKPoint((float)p.Threshold, (float)p.Precision))], PlotColours.Blue),
            new("recall", [.. proposal.Curve.Points.Select(static p => new SKPoint((float)p.Threshold, (float)p.Recall))], PlotColours.Orange),
            new("F1", [.. proposal.Curve.Points.Select(static p => new SKPoint((float)p.Threshold, (float)p.F1))], PlotColours.Green, Filled: true),
        ];
        right.DrawAxes(5, "confidence threshold, at IoU 0.50", "share");
        foreach (var curve in byThreshold) right.Draw(curve);
        right.DrawLegend(byThreshold);
        if (proposal.Global is { } best)
            right.Mark((float)best.Threshold, (float)best.F1, string.Create(CultureInfo.InvariantCulture, $"best F1 {best.F1:0.00} at {best.Threshold:0.00}"));
        return PictureWriter.Encode(bitmap, PictureFormat.Png, PictureWriter.DefaultQuality);
    }

    /// <summary>A small panel a class, those with most objects first; null without classes that have objects.</summary>
    /// <param name="result">Of the evaluation.</param>
    /// <param name="title">The model.</param>
    public static byte[]? PerClass(EvaluationResult result, string title)
    {
        ArgumentNullException.ThrowIfNull(result);
        const int TileWidth = 300, TileHeight = 280, Head = 150;
        var all = result.Categories.Where(static c => c.Count > 0).OrderByDescending(static c => c.Count).ThenBy(static c => c.Category.Name, StringComparer.Ordinal).ToArray();
        var shown = all.Take(MaxClasses).ToArray();
        if (shown.Length == 0) return null;
        var (columns, rows) = (Math.Min(Columns, Math.Max(3, shown.Length)), (shown.Length + Columns - 1) / Columns);
        using var bitmap = New((columns * TileWidth) + 80, Head + (rows * TileHeight) + 20);
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(PlotColours.Ground);
        var heading = new PlotText(20, PlotColours.Ink, Bold: true);
        heading.Draw(canvas, heading.Fit(title, bitmap.Width - 120), 60, 66);
        var which = shown.Length < all.Length ? $"the {shown.Length} most frequent of {all.Length} classes" : $"{all.Length} classes";
        var words = new PlotText(12, PlotColours.Faint);
        words.Draw(canvas, $"Precision over recall, {which}.", 60, 100);
        DrawKey(canvas, 60 + words.Measure($"Precision over recall, {which}.") + 40, 100);
        for (var i = 0; i < shown.Length; i++)
            DrawTile(canvas, shown[i], SKRect.Create(40 + (i % Columns * TileWidth), Head + (i / Columns * TileHeight), TileWidth, TileHeight));
        return PictureWriter.Encode(bitmap, PictureFormat.Png, PictureWriter.DefaultQuality);
    }

    private static void DrawKey(SKCanvas canvas, float x, float baseline)
    {
        using var paint = new SKPaint { IsAntialias = true, Style = SKPaintStyle.Stroke, StrokeWidth = 4, StrokeCap = SKStrokeCap.Round };
        var words = new PlotText(12, PlotColours.Ink);
        foreach (var (name, colour) in ((string, SKColor)[])[("IoU 0.50", PlotColours.Blue), ("IoU 0.75", PlotColours.Vermilion)])
        {
            paint.Color = colour;
            canvas.DrawLine(x, baseline - 5, x + 22, baseline - 5, paint);
            words.Draw(canvas, name, x + 32, baseline);
            x += words.Measure(name) + 62;
        }
    }

    private static void DrawTile(SKCanvas canvas, CategoryResult category, SKRect tile)
    {
        var area = new SKRect(tile.Left + 46, tile.Top + 54, tile.Right - 16, tile.Bottom - 38);
        var figure = new PlotText(11, PlotColours.Faint);
        var ap = $"AP50 {Figure(category.Ap50)}";
        figure.Draw(canvas, ap, area.Right, tile.Top + 22, 1);
        var name = new PlotText(12, PlotColours.Ink, Bold: true);
        name.Draw(canvas, name.Fit(category.Category.Name, area.Width - figure.Measure(ap) - 12), area.Left, tile.Top + 22);
        new PlotText(9, PlotColours.Faint).Draw(canvas, category.Count == 1 ? "1 object" : $"{category.Count} objects", area.Left, tile.Top + 39);
        var panel = new CurvePanel(canvas, area, 0.9f);
        panel.DrawAxes(2, null, null);
        panel.Draw(new PlotCurve("IoU 0.50", Mean([category], 0, 1), PlotColours.Blue, Filled: true));
        panel.Draw(new PlotCurve("IoU 0.75", Mean([category], CocoEvaluation.Iou75, CocoEvaluation.Iou75 + 1), PlotColours.Vermilion));
    }

    /// <summary>Mean over classes and IoU thresholds, as mAP is.</summary>
    private static SKPoint[] Mean(CategoryResult[] categories, int from, int to)
    {
        if (categories.Length == 0) return [];
        var points = new SKPoint[CocoEvaluation.RecallPoints.Count];
        for (var r = 0; r < points.Length; r++)
        {
            var sum = 0.0;
            foreach (var category in categories)
            {
                for (var t = from; t < to; t++) sum += category.PrecisionAt(t)[r];
            }

            points[r] = new SKPoint((float)CocoEvaluation.RecallPoints[r], (float)(sum / (categories.Length * (to - from))));
        }

        return points;
    }

    private static SKBitmap New(int width, int height) => new(new SKImageInfo(width, height, SKColorType.Bgra8888, SKAlphaType.Opaque));

    private static string Figure(double? figure) => figure?.ToString("0.000", CultureInfo.InvariantCulture) ?? "-";
}
