namespace EdgeVision.Frames;

/// <summary>Which picture a frame came from, where a source plays pictures that have names.</summary>
/// <param name="Path">For people.</param>
/// <param name="Fault">Why there are no pixels, a clause that names the picture; null when it could be read.</param>
public sealed record FrameOrigin(string Path, string? Fault = null);
