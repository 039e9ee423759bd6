using EdgeVision.Models;

namespace EdgeVision.Inference;

/// <summary>YOLOv5 and others with its export: one output [1, anchors, 5 + labels] of centre x, centre y, width, height in input pixels, objectness, scores.</summary>
public sealed class Yolov5Decoder : OutputDecoder
{
    private readonly YoloRows _rows;

    /// <param name="manifest">Class ids.</param>
    /// <param name="labels">Number of labels.</param>
    /// <param name="outputs">Of the model.</param>
    /// <param name="thresholds">Least confidence of each label.</param>
    /// <exception cref="ModelException">The outputs are not what the manifest promises.</exception>
    public Yolov5Decoder(ModelManifest manifest, int labels, IReadOnlyList<TensorSpec> outputs, ReadOnlySpan<float> thresholds) =>
        _rows = new YoloRows("yolov5", cells: null, manifest, labels, outputs, thresholds);

    protected override bool TryDecode(ReadOnlySpan<ReadOnlyMemory<float>> outputs, ref Candidates candidates) => _rows.TryDecode(outputs[0].Span, ref candidates);
}
