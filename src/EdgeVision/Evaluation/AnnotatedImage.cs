namespace EdgeVision.Evaluation;

/// <summary>A picture of an annotated set.</summary>
/// <param name="Id">As the annotations and results files name it.</param>
/// <param name="FileName">Relative to the folder of the pictures; never outside of it.</param>
/// <param name="Width">Source pixels; 0 where the annotations do not say.</param>
/// <param name="Height">Source pixels; 0 where the annotations do not say.</param>
public sealed record AnnotatedImage(long Id, string FileName, int Width, int Height);
