namespace EdgeVision.Inference;

/// <summary>Greedy, per class: of boxes of a class that overlap too much, the most confident stays.</summary>
public static class NonMaxSuppression
{
    /// <summary>Allocated once. Ties are broken by what is left, so that the same frame always gives the same order.</summary>
    private static readonly Comparison<Detection> ByConfidence = static (a, b) =>
    {
        var order = b.Confidence.CompareTo(a.Confidence);
        if (order == 0) order = a.ClassId.CompareTo(b.ClassId);
        if (order == 0) order = a.Box.Left.CompareTo(b.Box.Left);
        if (order == 0) order = a.Box.Top.CompareTo(b.Box.Top);
        if (order == 0) order = a.Box.Right.CompareTo(b.Box.Right);
        return order == 0 ? a.Box.Bottom.CompareTo(b.Box.Bottom) : order;
    };

    /// <summary>Leaves the survivors in <paramref name="detections"/>, best first.</summary>
    /// <param name="detections">Candidates in, survivors out.</param>
    /// <param name="iou">0..1. A box that overlaps a better one of its class by more goes; null keeps all.</param>
    /// <param name="max">Survivors at most. It also bounds the work: candidates × <paramref name="max"/> comparisons.</param>
    public static void Apply(DetectionList detections, float? iou, int max)
    {
        ArgumentNullException.ThrowIfNull(detections);
        ArgumentOutOfRangeException.ThrowIfNegative(max);
        var items = detections.Span;
        items.Sort(ByConfidence);
        var kept = 0;
        for (var i = 0; i < items.Length && kept < max; i++)
        {
            if (iou is not { } limit || !IsCovered(items[i], items[..kept], limit)) items[kept++] = items[i];
        }

        detections.Truncate(kept);
    }

    private static bool IsCovered(in Detection candidate, ReadOnlySpan<Detection> better, float limit)
    {
        foreach (ref readonly var other in better)
        {
            if (other.ClassId == candidate.ClassId && other.Box.IntersectionOverUnion(candidate.Box) > limit) return true;
        }

        return false;
    }
}
