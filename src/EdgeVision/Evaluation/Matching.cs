namespace EdgeVision.Evaluation;

/// <summary>Which detection found which object, in one picture and category, at each IoU threshold (COCOeval.evaluateImg).</summary>
internal sealed class Matching
{
    private readonly RankedDetection[][] _ranked;

    private Matching(RankedDetection[][] ranked) => _ranked = ranked;

    /// <param name="iou">Index into <see cref="CocoEvaluation.IouThresholds"/>.</param>
    public RankedDetection[] At(int iou) => _ranked[iou];

    public static Matching Of(AnnotatedSet set, IReadOnlyList<ScoredDetection> detections, List<int> objects, List<int> candidates)
    {
        // Stable: crowds last, confidence descending, otherwise as in the files.
        var truths = objects.OrderBy(o => set.Objects[o].Crowd).ToArray();
        var best = candidates.OrderByDescending(d => detections[d].Confidence).Take(CocoEvaluation.MaxDetections).ToArray();
        var crowd = truths.Select(o => set.Objects[o].Crowd).ToArray();
        var ious = new double[best.Length, truths.Length];
        for (var d = 0; d < best.Length; d++)
        {
            for (var t = 0; t < truths.Length; t++) ious[d, t] = detections[best[d]].Box.IntersectionOverUnion(set.Objects[truths[t]].Box, crowd[t]);
        }

        var ranked = new RankedDetection[CocoEvaluation.IouThresholds.Count][];
        for (var i = 0; i < ranked.Length; i++)
        {
            var taken = new bool[truths.Length];
            ranked[i] = new RankedDetection[best.Length];
            for (var d = 0; d < best.Length; d++)
            {
                var match = Match(ious, d, CocoEvaluation.IouThresholds[i], taken, crowd);
                if (match >= 0) taken[match] = true;
                ranked[i][d] = new RankedDetection(detections[best[d]].Confidence, best[d], match < 0 ? -1 : truths[match], match >= 0 && crowd[match]);
            }
        }

        return new Matching(ranked);
    }

    /// <summary>The object of largest IoU that is still free; a crowd is never used up, and only taken when no object is there. -1 for none.</summary>
    private static int Match(double[,] ious, int detection, double threshold, bool[] taken, bool[] crowd)
    {
        var (best, match) = (Math.Min(threshold, 1 - 1e-10), -1);
        for (var t = 0; t < taken.Length; t++)
        {
            if (taken[t] && !crowd[t]) continue;
            if (match >= 0 && !crowd[match] && crowd[t]) break;
            // Written as COCOeval does, so that of two equal IoUs the later wins.
            if (ious[detection, t] < best) continue;
            (best, match) = (ious[detection, t], t);
        }

        return match;
    }
}
