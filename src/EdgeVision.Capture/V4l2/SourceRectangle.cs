namespace EdgeVision.Capture.V4l2;

/// <summary>A part of the sensor's picture, in its pixels.</summary>
public readonly record struct SourceRectangle(int Left, int Top, int Width, int Height)
{
    public override string ToString() => FormattableString.Invariant($"{Left},{Top},{Width},{Height}");
}
