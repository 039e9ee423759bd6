namespace EdgeVision.Evaluation;

/// <summary>
/// Average precision as the official COCO evaluation computes it (pycocotools COCOeval, iouType "bbox", area "all", 100 detections): the same
/// order of summation, the same ties, the same constants. One deviation: COCOeval takes an annotation whose id is 0 for "no match"; here it is
/// an object like any other.
/// </summary>
public static class CocoEvaluation
{
    /// <summary>Detections that count per picture and category, best first.</summary>
    public const int MaxDetections = 100;

    /// <summary>Index of IoU 0.75 in <see cref="IouThresholds"/>.</summary>
    public const int Iou75 = 5;

    /// <summary>numpy.spacing(1): keeps 0 / 0 from being no number.</summary>
    private const double Epsilon = 2.220446049250313e-16;

    /// <summary>0.50, 0.55 … 0.95, to the last bit as numpy.linspace makes them.</summary>
    public static IReadOnlyList<double> IouThresholds { get; } =
        [.. Enumerable.Range(0, 10).Select(static i => i == 9 ? 0.95 : 0.5 + (i * ((0.95 - 0.5) / 9)))];

    /// <summary>0, 0.01 … 1.</summary>
    public static IReadOnlyList<double> RecallPoints { get; } = [.. Enumerable.Range(0, 101).Select(static i => i == 100 ? 1 : i * 0.01)];

    public static EvaluationResult Evaluate(AnnotatedSet set, IReadOnlyList<ScoredDetection> detections)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(detections);
        var truths = Group(set.Objects.Count, i => (set.Objects[i].Image, set.Objects[i].Category));
        var found = Group(detections.Count, i => (detections[i].Image, detections[i].Category));
        // COCOeval goes through the pictures by id; with equal confidences that order decides.
        var images = Enumerable.Range(0, set.Images.Count).OrderBy(i => set.Images[i].Id).ToArray();
        return new EvaluationResult([.. Enumerable.Range(0, set.Categories.Count).Select(category => EvaluateCategory(set, detections, category, images, truths, found))]);
    }

    private static CategoryResult EvaluateCategory(
        AnnotatedSet set, IReadOnlyList<ScoredDetection> detections, int category, int[] images,
        Dictionary<(int Image, int Category), List<int>> truths, Dictionary<(int Image, int Category), List<int>> found)
    {
        var count = 0;
        var matchings = new List<Matching>();
        foreach (var image in images)
        {
            var objects = truths.GetValueOrDefault((image, category)) ?? [];
            var candidates = found.GetValueOrDefault((image, category)) ?? [];
            foreach (var o in objects) count += set.Objects[o].Crowd ? 0 : 1;
            if (candidates.Count > 0) matchings.Add(Matching.Of(set, detections, objects, candidates));
        }

        var ranked = Enumerable.Range(0, IouThresholds.Count).Select(t => Rank(matchings, t)).ToArray();
        var precision = count == 0 ? null : ranked.Select(r => Precision(r, count)).ToArray();
        return new CategoryResult(set.Categories[category], count, precision, ranked[0]);
    }

    /// <summary>All pictures' detections, best confidence first; OrderBy is stable, as numpy's mergesort.</summary>
    private static RankedDetection[] Rank(List<Matching> matchings, int iou) =>
        [.. matchings.SelectMany(m => m.At(iou)).OrderByDescending(static r => r.Confidence)];

    /// <summary>COCOeval.accumulate: precision made monotone, then read at the recall points; 0 where that recall is not reached.</summary>
    private static double[] Precision(RankedDetection[] ranked, int count)
    {
        var (recall, precision) = (new double[ranked.Length], new double[ranked.Length]);
        var (truePositives, falsePositives) = (0, 0);
        for (var i = 0; i < ranked.Length; i++)
        {
            if (ranked[i].IsTruePositive) truePositives++;
            else if (ranked[i].IsFalsePositive) falsePositives++;
            recall[i] = (double)truePositives / count;
            precision[i] = truePositives / (falsePositives + truePositives + Epsilon);
        }

        for (var i = ranked.Length - 1; i > 0; i--) precision[i - 1] = Math.Max(precision[i - 1], precision[i]);

        var points = new double[RecallPoints.Count];
        var at = 0;
        for (var r = 0; r < points.Length; r++)
        {
            while (at < recall.Length && recall[at] < RecallPoints[r]) at++;
            if (at == recall.Length) break;
            points[r] = precision[at];
        }

        return points;
    }

    private static Dictionary<(int Image, int Category), List<int>> Group(int count, Func<int, (int Image, int Category)> key)
    {
        var groups = new Dictionary<(int Image, int Category), List<int>>();
        for (var i = 0; i < count; i++)
        {
            if (!groups.TryGetValue(key(i), out var group)) groups[key(i)] = group = [];
            group.Add(i);
        }

        return groups;
    }
}
