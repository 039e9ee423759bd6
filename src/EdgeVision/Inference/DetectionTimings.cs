namespace EdgeVision.Inference;

/// <summary>Wall time of the stages inside a detector.</summary>
/// <param name="Preprocess">Pixels to input tensor.</param>
/// <param name="Infer">The model itself.</param>
/// <param name="Postprocess">Decode, non-maximum suppression, back to source pixels.</param>
public readonly record struct DetectionTimings(TimeSpan Preprocess, TimeSpan Infer, TimeSpan Postprocess);
