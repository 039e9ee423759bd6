namespace EdgeVision.Evaluation;

/// <summary>A detection that is to be evaluated.</summary>
/// <param name="Image">Index into <see cref="AnnotatedSet.Images"/>.</param>
/// <param name="Category">Index into <see cref="AnnotatedSet.Categories"/>.</param>
/// <param name="Box">Source pixels.</param>
/// <param name="Confidence">0..1; only the order matters for precision and recall.</param>
public readonly record struct ScoredDetection(int Image, int Category, CocoBox Box, double Confidence);
