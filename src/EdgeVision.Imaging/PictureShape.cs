using EdgeVision.Geometry;

namespace EdgeVision.Imaging;

/// <summary>What of a frame becomes a picture.</summary>
/// <param name="MaxWidth">Pixels; a smaller picture is not enlarged.</param>
/// <param name="Quality">Of the JPEG, 1..100.</param>
/// <param name="Crop">Upright source pixels, clipped to the frame; null for the whole.</param>
/// <param name="Blurred">Upright source pixels: what nobody may recognise.</param>
public sealed record PictureShape(int MaxWidth, int Quality, Box? Crop = null, IReadOnlyList<Box>? Blurred = null);
