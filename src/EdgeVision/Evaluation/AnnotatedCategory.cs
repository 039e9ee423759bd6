namespace EdgeVision.Evaluation;

/// <summary>A category of an annotated set.</summary>
/// <param name="Id">As the annotations and results files name it; COCO's ids have gaps.</param>
/// <param name="Name">What a model's label is compared with.</param>
public sealed record AnnotatedCategory(long Id, string Name);
