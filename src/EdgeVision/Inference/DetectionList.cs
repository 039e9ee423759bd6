using System.Diagnostics;
using System.Runtime.InteropServices;
using EdgeVision.Geometry;

namespace EdgeVision.Inference;

/// <summary>
/// Detections of one frame and what finding them cost. The caller owns it and clears it, the detector fills it: no array per frame.
/// </summary>
public sealed class DetectionList
{
    private readonly List<Detection> _items = new(256);
    private readonly List<Point> _landmarks = [];

    public int Count => _items.Count;

    /// <summary>The detections; valid until the list changes.</summary>
    public Span<Detection> Span => CollectionsMarshal.AsSpan(_items);

    /// <summary>What the last detection cost.</summary>
    public DetectionTimings Timings { get; set; }

    /// <summary>Points of one object, as 5 of a face; 0 while there are none.</summary>
    public int LandmarksPerObject { get; private set; }

    /// <summary>All sets behind each other, also those of detections that have gone; in the same pixels as the boxes. Valid until the list changes.</summary>
    public Span<Point> Landmarks => CollectionsMarshal.AsSpan(_landmarks);

    /// <summary>Empty for a detection without.</summary>
    public ReadOnlySpan<Point> LandmarksOf(in Detection detection) =>
        detection.Landmarks == 0 ? [] : Landmarks.Slice((detection.Landmarks - 1) * LandmarksPerObject, LandmarksPerObject);

    public void Add(in Detection detection) => _items.Add(detection);

    /// <summary>Keeps a set of points, as many for each object of the list; the answer goes into <see cref="Detection.Landmarks"/>.</summary>
    public int AddLandmarks(ReadOnlySpan<Point> points)
    {
        Debug.Assert(points.Length > 0 && (_landmarks.Count == 0 || points.Length == LandmarksPerObject), "All sets of a list have the same number of points.");
        LandmarksPerObject = points.Length;
        _landmarks.AddRange(points);
        return _landmarks.Count / points.Length;
    }

    /// <summary>Keeps the first <paramref name="count"/> detections.</summary>
    public void Truncate(int count) => _items.RemoveRange(count, _items.Count - count);

    /// <summary>Takes back what was added last.</summary>
    /// <param name="count">Detections to keep.</param>
    /// <param name="landmarks">Points to keep, of whole sets.</param>
    internal void CutBack(int count, int landmarks)
    {
        Truncate(count);
        _landmarks.RemoveRange(landmarks, _landmarks.Count - landmarks);
        if (landmarks == 0) LandmarksPerObject = 0;
    }

    public void Clear()
    {
        _items.Clear();
        _landmarks.Clear();
        LandmarksPerObject = 0;
        Timings = default;
    }
}
