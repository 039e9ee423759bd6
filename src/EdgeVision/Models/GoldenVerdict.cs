using System.Globalization;
using EdgeVision.Geometry;
using EdgeVision.Inference;

namespace EdgeVision.Models;

/// <summary>Compares what a model found in a golden picture with what it should find there.</summary>
public static class GoldenVerdict
{
    /// <summary>What differs, a clause each; empty when nothing does.</summary>
    /// <param name="sample">What should be found.</param>
    /// <param name="found">Boxes in source pixels.</param>
    /// <param name="width">Of the picture, source pixels.</param>
    /// <param name="height">Of the picture, source pixels.</param>
    /// <param name="package">Labels and thresholds.</param>
    public static IReadOnlyList<string> Compare(GoldenSample sample, ReadOnlySpan<Detection> found, int width, int height, ModelPackage package)
    {
        ArgumentNullException.ThrowIfNull(sample);
        ArgumentNullException.ThrowIfNull(package);
        var (mistakes, taken) = (new List<string>(), new bool[found.Length]);
        foreach (var expected in sample.Objects.OrderByDescending(static o => o.Confidence))
        {
            var box = new Box(expected.Box.Left * width, expected.Box.Top * height, expected.Box.Right * width, expected.Box.Bottom * height);
            var (nearest, iou) = Nearest(found, taken, package.Labels, expected.Label, box);
            if (nearest < 0 || iou < sample.MinIou)
            {
                if (IsFirm(expected.Confidence, expected.Label, sample, package)) mistakes.Add($"{Show(expected.Label, expected.Confidence)} is missing{(nearest < 0 ? "" : Invariant($" (the nearest overlaps it by {iou:0.00})"))}");
                continue;
            }

            taken[nearest] = true;
            if (Math.Abs(found[nearest].Confidence - expected.Confidence) > sample.ConfidenceTolerance)
                mistakes.Add(Invariant($"{Show(expected.Label, expected.Confidence)} is found with {found[nearest].Confidence:0.00}"));
        }

        for (var i = 0; i < found.Length; i++)
        {
            var label = package.Labels[found[i].ClassId];
            if (!taken[i] && IsFirm(found[i].Confidence, label, sample, package)) mistakes.Add($"{Show(label, found[i].Confidence)} is found and should not be");
        }

        return mistakes;
    }

    private static (int Index, float Iou) Nearest(ReadOnlySpan<Detection> found, bool[] taken, IReadOnlyList<string> labels, string label, in Box box)
    {
        var best = (Index: -1, Iou: 0f);
        for (var i = 0; i < found.Length; i++)
        {
            if (taken[i] || labels[found[i].ClassId] != label) continue;
            var iou = found[i].Box.IntersectionOverUnion(box);
            if (best.Index < 0 || iou > best.Iou) best = (i, iou);
        }

        return best;
    }

    /// <summary>Nothing within the tolerance of its threshold proves anything: there it may appear or not.</summary>
    private static bool IsFirm(float confidence, string label, GoldenSample sample, ModelPackage package) =>
        confidence > package.Manifest.ConfidenceThresholds.GetValueOrDefault(label, package.Manifest.ConfidenceThreshold) + sample.ConfidenceTolerance;

    private static string Show(string label, float confidence) => Invariant($"{label} {confidence:0.00}");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
