using EdgeVision.Inference;

namespace EdgeVision.Rollout;

/// <summary>What two models make of the same frames, by label, so that their class ids need not be the same. One thread at a time.</summary>
public sealed class Disagreement
{
    /// <summary>Two boxes of one label that overlap more are the same object: COCO's and Pascal VOC's habit.</summary>
    public const float SameObject = 0.5f;

    private readonly LatencyHistogram _first = new(), _second = new();
    private bool[] _taken = new bool[64];

    /// <summary>Frames that both have answered.</summary>
    public long Frames { get; private set; }

    /// <summary>Frames that the second did not answer.</summary>
    public long Failed { get; private set; }

    /// <summary>Objects that both found.</summary>
    public long Both { get; private set; }

    /// <summary>Objects that only the first found.</summary>
    public long OnlyFirst { get; private set; }

    /// <summary>Objects that only the second found.</summary>
    public long OnlySecond { get; private set; }

    /// <summary>0..1: of all objects those that both found; 1 when nobody found any.</summary>
    public double Agreement => Both + OnlyFirst + OnlySecond is var all and > 0 ? (double)Both / all : 1;

    /// <summary>Medians of the time for a frame; null before the first.</summary>
    public (TimeSpan? First, TimeSpan? Second) Inference => (_first.Quantile(0.5), _second.Quantile(0.5));

    public void CountFailure() => Failed++;

    /// <summary>One frame. Each object of the second list is taken for at most one of the first, the best overlap of equal label.</summary>
    /// <param name="first">In the same pixels as <paramref name="second"/>.</param>
    /// <param name="firstLabels">Of its class ids.</param>
    /// <param name="firstTook">For this frame.</param>
    /// <param name="second">Best confidence first, as the first.</param>
    /// <param name="secondLabels">Of its class ids.</param>
    /// <param name="secondTook">For this frame.</param>
    public void Count(
        ReadOnlySpan<Detection> first, IReadOnlyList<string> firstLabels, TimeSpan firstTook,
        ReadOnlySpan<Detection> second, IReadOnlyList<string> secondLabels, TimeSpan secondTook)
    {
        ArgumentNullException.ThrowIfNull(firstLabels);
        ArgumentNullException.ThrowIfNull(secondLabels);
        if (_taken.Length < second.Length) _taken = new bool[second.Length];
        _taken.AsSpan().Clear();
        var both = 0;
        foreach (ref readonly var one in first)
        {
            var (best, overlap) = (-1, SameObject);
            for (var i = 0; i < second.Length; i++)
            {
                if (_taken[i] || one.Box.IntersectionOverUnion(second[i].Box) is var iou && iou < overlap) continue;
                if (firstLabels[one.ClassId] == secondLabels[second[i].ClassId]) (best, overlap) = (i, iou);
            }

            if (best < 0) continue;
            _taken[best] = true;
            both++;
        }

        Frames++;
        Both += both;
        OnlyFirst += first.Length - both;
        OnlySecond += second.Length - both;
        _first.Record(firstTook);
        _second.Record(secondTook);
    }
}
