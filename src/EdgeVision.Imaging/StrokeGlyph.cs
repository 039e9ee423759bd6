namespace EdgeVision.Imaging;

/// <summary>Centre lines of one letter.</summary>
/// <param name="Width">Design units from the leftmost to the rightmost centre line.</param>
/// <param name="Path">SVG path data.</param>
internal sealed record StrokeGlyph(float Width, string Path);
