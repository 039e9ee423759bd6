namespace EdgeVision.Inference;

/// <summary>What one use of a model may want otherwise than its manifest.</summary>
public sealed record DetectorOptions
{
    /// <summary>0..1, for all labels, instead of the manifest's thresholds; null for those. Raising it cuts false alarms but loses small objects.</summary>
    public float? ConfidenceThreshold { get; init; }
}
