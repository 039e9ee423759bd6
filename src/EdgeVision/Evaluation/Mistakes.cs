namespace EdgeVision.Evaluation;

/// <summary>
/// Sorts what a detector did wrong by kind, as TIDE does (Bolya et al. 2020, "TIDE: A General Toolbox for Identifying Object Detection Errors",
/// section 2.2): foreground IoU 0.5, background IoU 0.1. Deviation: an object that is called something else or badly placed is told once, as that.
/// </summary>
public static class Mistakes
{
    private const double Foreground = 0.5;

    private const double Background = 0.1;

    /// <summary>All mistakes, each kind worst first.</summary>
    /// <param name="set">The truth.</param>
    /// <param name="detections">What <paramref name="result"/> is of.</param>
    /// <param name="result">Of the evaluation.</param>
    /// <param name="threshold">Of each category; detections below it are not reported by the node, so they are no mistakes.</param>
    public static IReadOnlyList<Mistake> Find(AnnotatedSet set, IReadOnlyList<ScoredDetection> detections, EvaluationResult result, Func<int, double> threshold)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(detections);
        ArgumentNullException.ThrowIfNull(result);
        ArgumentNullException.ThrowIfNull(threshold);
        var shown = result.Categories.SelectMany((c, i) => c.Ranked.Where(r => r.Confidence >= threshold(i))).ToArray();
        var found = shown.Where(static r => r.IsTruePositive).Select(static r => r.Truth).ToHashSet();
        var objectsOf = Enumerable.Range(0, set.Objects.Count).ToLookup(o => set.Objects[o].Image);

        var mistakes = shown.Where(static r => r.IsFalsePositive).Select(r => OfDetection(r.Detection, set, detections, objectsOf, found)).OfType<Mistake>().ToList();
        // What has been found as something else, or nearly, is not also missed.
        var told = mistakes.Where(static m => m.Kind is MistakeKind.WrongClass or MistakeKind.BadlyPlaced).Select(static m => m.Truth!.Value).ToHashSet();
        for (var o = 0; o < set.Objects.Count; o++)
        {
            var truth = set.Objects[o];
            if (truth.Crowd || found.Contains(o) || told.Contains(o)) continue;
            mistakes.Add(new Mistake(MistakeKind.Missed, truth.Image, o, null, 0, ShareOfPicture(set.Images[truth.Image], truth.Box)));
        }

        return [.. mistakes.OrderBy(static m => m.Kind).ThenByDescending(static m => m.Severity)];
    }

    /// <summary>The worst of each kind in turn, so that no kind hides another, and each picture once as long as there are others.</summary>
    public static IReadOnlyList<Mistake> Worst(IReadOnlyList<Mistake> mistakes, int count)
    {
        ArgumentNullException.ThrowIfNull(mistakes);
        var (worst, pictures) = (new List<Mistake>(), new HashSet<int>());
        var kinds = mistakes.GroupBy(static m => m.Kind).Select(static g => new LinkedList<Mistake>(g)).ToList();
        while (worst.Count < count && kinds.Any(static k => k.Count > 0))
        {
            foreach (var kind in kinds.Where(static k => k.Count > 0).Take(count - worst.Count))
            {
                var next = kind.FirstOrDefault(m => !pictures.Contains(m.Image)) ?? kind.First!.Value;
                kind.Remove(next);
                pictures.Add(next.Image);
                worst.Add(next);
            }
        }

        return [.. worst.OrderBy(static m => m.Kind).ThenByDescending(static m => m.Severity)];
    }

    /// <summary>Null for a detection that mostly lies in a crowd of another class: who can tell.</summary>
    private static Mistake? OfDetection(
        int detection, AnnotatedSet set, IReadOnlyList<ScoredDetection> detections, ILookup<int, int> objectsOf, HashSet<int> found)
    {
        var d = detections[detection];
        var (same, sameIou, other, otherIou) = (-1, 0.0, -1, 0.0);
        foreach (var o in objectsOf[d.Image])
        {
            var truth = set.Objects[o];
            var iou = d.Box.IntersectionOverUnion(truth.Box, truth.Crowd);
            if (truth.Crowd)
            {
                if (iou >= Foreground) return null;
            }
            else if (truth.Category == d.Category && iou > sameIou)
            {
                (same, sameIou) = (o, iou);
            }
            else if (truth.Category != d.Category && iou > otherIou && !found.Contains(o))
            {
                (other, otherIou) = (o, iou);
            }
        }

        return (sameIou, otherIou) switch
        {
            ( >= Foreground, _) => new Mistake(MistakeKind.Duplicate, d.Image, same, detection, sameIou, d.Confidence),
            (_, >= Foreground) => new Mistake(MistakeKind.WrongClass, d.Image, other, detection, otherIou, d.Confidence),
            ( >= Background, _) => new Mistake(MistakeKind.BadlyPlaced, d.Image, same, detection, sameIou, d.Confidence),
            _ => new Mistake(MistakeKind.FalseAlarm, d.Image, null, detection, 0, d.Confidence),
        };
    }

    private static double ShareOfPicture(AnnotatedImage image, in CocoBox box) =>
        image is { Width: > 0, Height: > 0 } ? Math.Min(1, box.Area / ((double)image.Width * image.Height)) : box.Area;
}
