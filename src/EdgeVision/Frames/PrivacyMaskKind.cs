namespace EdgeVision.Frames;

/// <summary>Frames that are masked alike.</summary>
/// <param name="Format">Of the bytes.</param>
/// <param name="Orientation">Areas are of the upright picture.</param>
/// <param name="IsReduced">Decoded to fewer pixels than the camera took: which of them hold a source pixel is known to the next pixel only.</param>
internal readonly record struct PrivacyMaskKind(FrameFormat Format, FrameOrientation Orientation, bool IsReduced);
