using EdgeVision.Evaluation;
using EdgeVision.Frames;
using SkiaSharp;

namespace EdgeVision.Imaging.Plots;

/// <summary>
/// A mistake as a picture: the place, large enough to see what happened, with all that is annotated and all that was found there. The truth is
/// dashed and yellow, detections are solid and blue; what the mistake is about is strong, the rest thin.
/// </summary>
/// <param name="set">The truth.</param>
/// <param name="detections">What was found.</param>
/// <param name="threshold">Of each category; what lies below was not reported and is not drawn.</param>
public sealed class MistakePicture(AnnotatedSet set, IReadOnlyList<ScoredDetection> detections, Func<int, double> threshold)
{
    internal const int Width = 720;

    internal const int ViewHeight = 540;

    internal const int Head = 76;

    /// <summary>Share of the view that the mistake's boxes take at most.</summary>
    private const float Zoom = 0.5f;

    /// <summary>Enlarging a few pixels further shows nothing but squares.</summary>
    private const float MaxScale = 4;

    /// <summary>For file names: what kind of mistake it is.</summary>
    public static string NameOf(Mistake mistake, AnnotatedSet set, IReadOnlyList<ScoredDetection> detections) => MistakeWords.Of(mistake, set, detections).Slug;

    /// <summary>The picture as JPEG, 720 × 616 pixels.</summary>
    /// <param name="mistake">Of this set and these detections.</param>
    /// <param name="frame">The whole picture; stays the caller's.</param>
    /// <exception cref="PictureException">The frame is a broken JPEG.</exception>
    public byte[] Encode(Mistake mistake, Frame frame)
    {
        ArgumentNullException.ThrowIfNull(mistake);
        ArgumentNullException.ThrowIfNull(frame);
        using var source = BgraPicture.Copy(frame);
        using var bitmap = new SKBitmap(new SKImageInfo(Width, Head + ViewHeight, SKColorType.Bgra8888, SKAlphaType.Opaque));
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(PlotColours.Dark);
        DrawView(canvas, source, mistake);
        DrawHead(canvas, mistake);
        return PictureWriter.Encode(bitmap, PictureFormat.Jpeg, PictureWriter.DefaultQuality);
    }

    private void DrawView(SKCanvas canvas, SKBitmap source, Mistake mistake)
    {
        var (scale, left, top) = View(source.Width, source.Height, About(mistake));
        canvas.Save();
        canvas.ClipRect(SKRect.Create(0, Head, Width, ViewHeight));
        using (var image = SKImage.FromBitmap(source))
        {
            var target = SKRect.Create(-left * scale, Head - (top * scale), source.Width * scale, source.Height * scale);
            canvas.DrawImage(image, target, new SKSamplingOptions(SKCubicResampler.Mitchell));
        }

        var boxes = new MistakeBoxes(canvas, box => SKRect.Create(
            ((float)box.X - left) * scale, Head + (((float)box.Y - top) * scale), (float)box.Width * scale, (float)box.Height * scale));
        for (var o = 0; o < set.Objects.Count; o++)
        {
            if (set.Objects[o].Image == mistake.Image && o != mistake.Truth) boxes.Context(set.Objects[o].Box, truth: true);
        }

        for (var d = 0; d < detections.Count; d++)
        {
            var other = detections[d];
            if (other.Image == mistake.Image && d != mistake.Detection && other.Confidence >= threshold(other.Category)) boxes.Context(other.Box, truth: false);
        }

        if (mistake.Truth is { } truth) boxes.Subject(set.Objects[truth].Box, truth: true);
        if (mistake.Detection is { } detection) boxes.Subject(detections[detection].Box, truth: false);
        if (mistake.Truth is { } named) boxes.Label(set.Objects[named].Box, set.Categories[set.Objects[named].Category].Name, truth: true);
        if (mistake.Detection is { } called) boxes.Label(detections[called].Box, set.Categories[detections[called].Category].Name, truth: false);
        canvas.Restore();
    }

    private void DrawHead(SKCanvas canvas, Mistake mistake)
    {
        var words = MistakeWords.Of(mistake, set, detections);
        var title = new PlotText(15, PlotColours.Light, Bold: true);
        title.Draw(canvas, title.Fit(words.Title, Width - 250), 20, 34);
        var detail = new PlotText(10.5f, PlotColours.Dim);
        detail.Draw(canvas, detail.Fit(words.Detail, Width - 250), 20, 58);
        var file = new PlotText(9.5f, PlotColours.Dim);
        file.Draw(canvas, file.Fit(Path.GetFileName(set.Images[mistake.Image].FileName), 210), Width - 20, 58, 1);
        MistakeBoxes.DrawLegend(canvas, Width - 20, 32);
    }

    /// <summary>The boxes that the mistake is about.</summary>
    private SKRect About(Mistake mistake)
    {
        var rect = SKRect.Empty;
        foreach (var box in (CocoBox?[])[mistake.Truth is { } t ? set.Objects[t].Box : null, mistake.Detection is { } d ? detections[d].Box : null])
        {
            if (box is not { } known) continue;
            var next = SKRect.Create((float)known.X, (float)known.Y, (float)known.Width, (float)known.Height);
            rect = rect.IsEmpty ? next : SKRect.Union(rect, next);
        }

        return rect;
    }

    /// <summary>Scale, and the source pixel at the view's top left; a picture that is narrower than the view stands in its middle.</summary>
    internal static (float Scale, float Left, float Top) View(int width, int height, SKRect about)
    {
        var whole = Math.Min((float)Width / width, (float)ViewHeight / height);
        var close = Math.Min(Zoom * Width / Math.Max(1, about.Width), Zoom * ViewHeight / Math.Max(1, about.Height));
        var scale = Math.Max(whole, Math.Min(close, MaxScale));
        return (scale, Start(about.MidX, Width / scale, width), Start(about.MidY, ViewHeight / scale, height));

        static float Start(float middle, float view, float side) => view >= side ? (side - view) / 2 : Math.Clamp(middle - (view / 2), 0, side - view);
    }
}
