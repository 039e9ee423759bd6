namespace EdgeVision.Geometry;

/// <summary>A rectangle of whole source pixels. Unlike <see cref="Box"/> it never lies between two of them.</summary>
public readonly record struct PixelRegion(int Left, int Top, int Width, int Height)
{
    /// <summary>The part inside a picture of <paramref name="width"/> × <paramref name="height"/> pixels; empty, with no width or no height, when there is none.</summary>
    public PixelRegion ClipTo(int width, int height)
    {
        var (left, top) = (Math.Clamp(Left, 0, width), Math.Clamp(Top, 0, height));
        var (right, bottom) = (Math.Clamp(Left + (long)Width, left, width), Math.Clamp(Top + (long)Height, top, height));
        return new PixelRegion(left, top, (int)right - left, (int)bottom - top);
    }

    public bool IsEmpty => Width <= 0 || Height <= 0;
}
