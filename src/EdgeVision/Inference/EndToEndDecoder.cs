using EdgeVision.Geometry;
using EdgeVision.Models;

namespace EdgeVision.Inference;

/// <summary>
/// YOLOv10, YOLO26 and other graphs that leave nothing to suppress: one output [1, detections, 6] of left, top, right, bottom in input pixels, score,
/// class id. The shape says nothing about the number of classes, so an id beyond the labels breaks the frame, unless the manifest lists ids.
/// </summary>
public sealed class EndToEndDecoder : OutputDecoder
{
    private const int Columns = 6;

    private readonly ClassMap _classes;
    private readonly int _rows;

    /// <param name="manifest">Class ids.</param>
    /// <param name="labels">Number of labels.</param>
    /// <param name="outputs">Of the model.</param>
    /// <param name="thresholds">Least confidence of each label.</param>
    /// <exception cref="ModelException">The outputs are not what the manifest promises.</exception>
    public EndToEndDecoder(ModelManifest manifest, int labels, IReadOnlyList<TensorSpec> outputs, ReadOnlySpan<float> thresholds)
    {
        var found = new Outputs(manifest, outputs);
        _classes = new ClassMap(manifest, labels, thresholds);
        if (found.Count != 1 || found.Shape(0) is not [var rows, Columns])
            throw found.Refuse($"the endToEnd family has one, float32 [1,detections,{Columns}] of left, top, right, bottom, score, class");
        _rows = rows;
    }

    protected override bool TryDecode(ReadOnlySpan<ReadOnlyMemory<float>> outputs, ref Candidates candidates)
    {
        var values = outputs[0].Span[..(_rows * Columns)];
        if (!ScoreScan.AreFinite(values)) return false;
        for (; values.Length > 0; values = values[Columns..])
        {
            if (values[4] < _classes.Least) continue;
            if (!_classes.TryLabel(values[5], out var label)) return false;
            if (label >= 0 && values[4] >= _classes.ThresholdOf(label)) candidates.Add(label, values[4], new Box(values[0], values[1], values[2], values[3]));
        }

        return true;
    }
}
