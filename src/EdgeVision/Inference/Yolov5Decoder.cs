using EdgeVision.Models;

namespace EdgeVision.Inference;

/// <summary>YOLOv5 and others with its export: one output [1, anchors, 5 + labels] of centre x, centre y, width, height in input pixels, objectness, scores.</summary>
public sealed class Yolov5Decoder : OutputDecoder
{
    private static readonly int[] Strides = [8, 16, 32];

    private readonly YoloRows _rows;

    /// <param name="manifest">Class ids.</param>
    /// <param name="labels">Number of labels.</param>
    /// <param name="outputs">Of the model.</param>
    /// <param name="thresholds">Least confidence of each label.</param>
    /// <exception cref="ModelException">The outputs are not what the manifest promises.</exception>
    public Yolov5Decoder(ModelManifest manifest, int labels, IReadOnlyList<TensorSpec> outputs, ReadOnlySpan<float> thresholds)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        _rows = new YoloRows("yolov5", cells: null, manifest, labels, outputs, thresholds);

        // The same columns with one row a cell are YOLOX: read as boxes they would be tiny, all over the picture, and no error.
        var cells = Strides.Sum(stride => GridCell.Count(manifest.Input.Width, manifest.Input.Height, stride));
        if (outputs[0].Dimensions is [_, var rows, _] && rows == cells)
            throw new Outputs(manifest, outputs).Refuse($"the yolov5 family has three rows for each cell of strides 8, 16 and 32, {3 * cells} for this input; one for each, {cells}, is the yolox family's");
    }

    protected override bool TryDecode(ReadOnlySpan<ReadOnlyMemory<float>> outputs, ref Candidates candidates) => _rows.TryDecode(outputs[0].Span, ref candidates);
}
