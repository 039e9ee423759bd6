using System.Runtime.InteropServices;

namespace EdgeVision.Inference;

/// <summary>
/// Detections of one frame and what finding them cost. The caller owns it and clears it, the detector fills it: no array per frame.
/// </summary>
public sealed class DetectionList
{
    private readonly List<Detection> _items = new(256);

    public int Count => _items.Count;

    /// <summary>The detections; valid until the list changes.</summary>
    public Span<Detection> Span => CollectionsMarshal.AsSpan(_items);

    /// <summary>What the last detection cost.</summary>
    public DetectionTimings Timings { get; set; }

    public void Add(in Detection detection) => _items.Add(detection);

    /// <summary>Keeps the first <paramref name="count"/> detections.</summary>
    public void Truncate(int count) => _items.RemoveRange(count, _items.Count - count);

    public void Clear()
    {
        _items.Clear();
        Timings = default;
    }
}
