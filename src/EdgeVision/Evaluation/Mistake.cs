namespace EdgeVision.Evaluation;

/// <summary>One mistake of a detector at its thresholds.</summary>
/// <param name="Kind">How it erred.</param>
/// <param name="Image">Index into <see cref="AnnotatedSet.Images"/>.</param>
/// <param name="Truth">Index into <see cref="AnnotatedSet.Objects"/>; null where there is no object.</param>
/// <param name="Detection">Index into the detections; null where there is none.</param>
/// <param name="Iou">Of both, 0..1.</param>
/// <param name="Severity">Larger is worse; comparable within a kind: the confidence, for missed objects their share of the picture.</param>
public sealed record Mistake(MistakeKind Kind, int Image, int? Truth, int? Detection, double Iou, double Severity);
