using System.Diagnostics;
using EdgeVision.Geometry;

namespace EdgeVision.Inference;

/// <summary>
/// What a decoder finds in one frame, on its way into the caller's list. However many a broken or hostile model offers, at most
/// <see cref="Max"/> stay, the most confident ones; of equals those that came first.
/// </summary>
public ref struct Candidates
{
    /// <summary>Ten times what an ordinary model gives at a threshold of 0.01; suppressing as many takes a few milliseconds.</summary>
    public const int Max = 30_000;

    private readonly DetectionList _list;
    private readonly int _before;
    private readonly int _landmarksBefore;
    private float _floor = float.NegativeInfinity;

    internal Candidates(DetectionList list) => (_list, _before, _landmarksBefore) = (list, list.Count, list.Landmarks.Length);

    /// <param name="label">Index into the labels.</param>
    /// <param name="confidence">At or above the label's threshold. Rounding may leave a sigmoid a hair above 1.</param>
    /// <param name="box">Finite, input pixels.</param>
    public void Add(int label, float confidence, in Box box)
    {
        if (Wants(confidence)) Add(new Detection(label, Math.Clamp(confidence, 0, 1), box));
    }

    /// <param name="label">Index into the labels.</param>
    /// <param name="confidence">At or above the label's threshold.</param>
    /// <param name="box">Finite, input pixels.</param>
    /// <param name="landmarks">Finite, input pixels; as many for each object.</param>
    public void Add(int label, float confidence, in Box box, scoped ReadOnlySpan<Point> landmarks)
    {
        if (Wants(confidence)) Add(new Detection(label, Math.Clamp(confidence, 0, 1), box, _list.AddLandmarks(landmarks)));
    }

    /// <summary>False when better ones have taken all places.</summary>
    private readonly bool Wants(float confidence) => confidence > _floor;

    private void Add(in Detection detection)
    {
        _list.Add(detection);
        if (_list.Count - _before < 2 * Max) return;
        Cut();
        _floor = _list.Span[^1].Confidence;
    }

    /// <summary>The frame is decoded.</summary>
    internal readonly void Complete()
    {
        if (_list.Count - _before > Max) Cut();
    }

    /// <summary>The frame is broken: the list is as before.</summary>
    internal readonly void Withdraw() => _list.CutBack(_before, _landmarksBefore);

    /// <summary>Once for every <see cref="Max"/> at most, so sorting costs each candidate little.</summary>
    private readonly void Cut()
    {
        Debug.Assert(_list.Count - _before > Max, "Only what is too long is cut.");
        NonMaxSuppression.Sort(_list.Span[_before..]);
        _list.Truncate(_before + Max);
    }
}
