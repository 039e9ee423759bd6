using EdgeVision.Frames;
using EdgeVision.Geometry;
using EdgeVision.Inference;
using SkiaSharp;

namespace EdgeVision.Imaging;

/// <summary>
/// Draws detections on a picture for people to look at: a box in the colour of its class, thinly outlined so that it shows on any ground,
/// and a chip with label and confidence that stays inside the picture. Everything scales with the resolution. Thread-safe.
/// </summary>
/// <param name="labels">Names by class id; an id beyond them is drawn as "class 12".</param>
public sealed class Annotator(IReadOnlyList<string> labels)
{
    private static readonly SKColor Ink = new(0x12, 0x17, 0x1C);
    private static readonly SKColor Shade = Ink.WithAlpha(150);

    /// <summary>The upright picture with its detections, encoded; as large as it is stored.</summary>
    /// <param name="frame">Any format; stays the caller's and is not changed.</param>
    /// <param name="detections">Boxes in source pixels of the upright picture; parts outside the picture are cut, boxes or confidences that are no numbers are left out.</param>
    /// <param name="format">JPEG or PNG.</param>
    /// <param name="quality">1..100, JPEG only.</param>
    /// <exception cref="PictureException">The frame is a broken JPEG.</exception>
    public byte[] Encode(Frame frame, ReadOnlySpan<Detection> detections, PictureFormat format = PictureFormat.Jpeg, int quality = PictureWriter.DefaultQuality)
    {
        ArgumentNullException.ThrowIfNull(frame);
        using var bitmap = BgraPicture.Copy(frame);
        using (var canvas = new SKCanvas(bitmap)) Draw(canvas, bitmap.Width, bitmap.Height, (float)bitmap.Width / frame.UprightWidth, (float)bitmap.Height / frame.UprightHeight, detections);
        return PictureWriter.Encode(bitmap, format, quality);
    }

    /// <summary>Writes the picture with its detections; ".png" is PNG, ".jpg" and ".jpeg" are JPEG.</summary>
    /// <exception cref="PictureException">Another ending, a folder that is not there, no permission, a full disk, a broken JPEG frame.</exception>
    public void Save(Frame frame, ReadOnlySpan<Detection> detections, string path, int quality = PictureWriter.DefaultQuality) =>
        PictureWriter.Save(path, Encode(frame, detections, PictureWriter.FormatOf(path), quality));

    private void Draw(SKCanvas canvas, int width, int height, float scaleX, float scaleY, ReadOnlySpan<Detection> detections)
    {
        var ordered = Drawable(detections, width, height, scaleX, scaleY);
        var size = LabelSize.For(width, height);
        // The most confident chip chooses its place first and is drawn last, on top.
        var chips = new LabelChip?[ordered.Count];
        var placed = new List<SKRect>(ordered.Count);
        for (var i = 0; i < ordered.Count; i++) chips[i] = LabelChip.Place(Name(ordered[i].ClassId), ordered[i], size, width, height, placed);

        for (var i = ordered.Count - 1; i >= 0; i--) DrawBox(canvas, ordered[i], size);
        for (var i = ordered.Count - 1; i >= 0; i--) chips[i]?.Draw(canvas, ClassPalette.Of(ordered[i].ClassId), Ink);
    }

    /// <summary>Boxes cut to the picture, best confidence first.</summary>
    private static List<Detection> Drawable(ReadOnlySpan<Detection> detections, int width, int height, float scaleX, float scaleY)
    {
        var drawable = new List<Detection>(detections.Length);
        foreach (ref readonly var detection in detections)
        {
            var box = detection.Box;
            if (!float.IsFinite(box.Left + box.Top + box.Right + box.Bottom) || float.IsNaN(detection.Confidence)) continue;
            var inside = new Box(box.Left * scaleX, box.Top * scaleY, box.Right * scaleX, box.Bottom * scaleY).ClipTo(width, height);
            if (inside is { Width: > 0, Height: > 0 }) drawable.Add(detection with { Box = inside });
        }

        drawable.Sort((a, b) => b.Confidence.CompareTo(a.Confidence));
        return drawable;
    }

    private static void DrawBox(SKCanvas canvas, in Detection detection, in LabelSize size)
    {
        var color = ClassPalette.Of(detection.ClassId);
        var rect = Inset(detection.Box, size.Stroke);
        var radius = Math.Min(size.Radius, Math.Min(rect.Width, rect.Height) / 3);
        // The inside stays untouched: overlapping tints would change the colours of what was detected.
        using var paint = new SKPaint { IsAntialias = true, Style = SKPaintStyle.Stroke, StrokeWidth = size.Stroke + (2 * size.Outline), Color = Shade };
        canvas.DrawRoundRect(rect, radius, radius, paint);

        paint.StrokeWidth = size.Stroke;
        paint.Color = color;
        canvas.DrawRoundRect(rect, radius, radius, paint);
    }

    /// <summary>Keeps the whole stroke inside the box, so that nothing is cut at the picture's edge; tiny boxes keep their middle.</summary>
    private static SKRect Inset(in Box box, float stroke)
    {
        var x = Math.Min(stroke / 2, box.Width / 3);
        var y = Math.Min(stroke / 2, box.Height / 3);
        return new SKRect(box.Left + x, box.Top + y, box.Right - x, box.Bottom - y);
    }

    private string Name(int classId) => classId >= 0 && classId < labels.Count ? labels[classId] : $"class {classId}";
}
