namespace EdgeVision.Evaluation;

/// <summary>What became of a detection at IoU 0.5.</summary>
/// <param name="Confidence">0..1.</param>
/// <param name="Detection">Index into the detections that were evaluated.</param>
/// <param name="Truth">Index into <see cref="AnnotatedSet.Objects"/> of the object that it found, or -1.</param>
/// <param name="Ignored">It found a crowd, so it counts neither for nor against.</param>
public readonly record struct RankedDetection(double Confidence, int Detection, int Truth, bool Ignored)
{
    public bool IsTruePositive => Truth >= 0 && !Ignored;

    public bool IsFalsePositive => Truth < 0;
}
