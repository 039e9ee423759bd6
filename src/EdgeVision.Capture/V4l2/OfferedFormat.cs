using EdgeVision.Frames;

namespace EdgeVision.Capture.V4l2;

/// <summary>A pixel format that a camera offers.</summary>
/// <param name="Code">The kernel's name.</param>
/// <param name="Description">The driver's, for people.</param>
/// <param name="Pixels">What it is here; null for formats this version does not read.</param>
/// <param name="IsCompressed">The driver says so.</param>
/// <param name="IsEmulated">Converted by a library, not by the camera.</param>
/// <param name="Sizes">In the driver's order.</param>
public sealed record OfferedFormat(FourCc Code, string Description, PixelFormat? Pixels, bool IsCompressed, bool IsEmulated, IReadOnlyList<OfferedSize> Sizes)
{
    public override string ToString() => Sizes.Count == 0 ? $"{Code}" : $"{Code} {string.Join(", ", Sizes.Take(8))}{(Sizes.Count > 8 ? " …" : "")}";
}
