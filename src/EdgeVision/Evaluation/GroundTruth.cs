namespace EdgeVision.Evaluation;

/// <summary>An object that is in a picture.</summary>
/// <param name="Image">Index into <see cref="AnnotatedSet.Images"/>.</param>
/// <param name="Category">Index into <see cref="AnnotatedSet.Categories"/>.</param>
/// <param name="Box">Source pixels.</param>
/// <param name="Crowd">A region with many objects: need not be found, and what is found in it counts neither for nor against.</param>
public readonly record struct GroundTruth(int Image, int Category, CocoBox Box, bool Crowd);
