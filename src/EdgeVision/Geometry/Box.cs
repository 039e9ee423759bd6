namespace EdgeVision.Geometry;

/// <summary>
/// An axis-aligned box, xyxy. Outside the detector the unit is source pixels of the full frame, y down; inside it, input pixels.
/// An inverted or empty box has area 0 and overlaps nothing.
/// </summary>
public readonly record struct Box(float Left, float Top, float Right, float Bottom)
{
    public float Width => Right - Left;

    public float Height => Bottom - Top;

    /// <summary>Square pixels, never negative.</summary>
    public float Area => Math.Max(0, Width) * Math.Max(0, Height);

    /// <summary>False when a side is no number.</summary>
    internal bool IsFinite => float.IsFinite(Left) && float.IsFinite(Top) && float.IsFinite(Right) && float.IsFinite(Bottom);

    /// <summary>The box of this size around a centre.</summary>
    public static Box Around(float x, float y, float width, float height) => new(x - (width / 2), y - (height / 2), x + (width / 2), y + (height / 2));

    /// <summary>Overlap over union, 0..1; symmetric; 0 when either box is empty.</summary>
    public float IntersectionOverUnion(in Box other)
    {
        var width = Math.Min(Right, other.Right) - Math.Max(Left, other.Left);
        var height = Math.Min(Bottom, other.Bottom) - Math.Max(Top, other.Top);
        if (width <= 0 || height <= 0) return 0;
        var intersection = width * height;
        var union = Area + other.Area - intersection;
        return union > 0 ? intersection / union : 0;
    }

    /// <summary>The part of the box inside a picture of <paramref name="width"/> × <paramref name="height"/> pixels.</summary>
    public Box ClipTo(int width, int height) => new(
        Math.Clamp(Left, 0, width), Math.Clamp(Top, 0, height), Math.Clamp(Right, 0, width), Math.Clamp(Bottom, 0, height));
}
