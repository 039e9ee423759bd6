using EdgeVision.Models;

namespace EdgeVision.Inference;

/// <summary>
/// YOLOX: one output [1, anchors, 5 + labels] of tx, ty, tw, th, objectness, scores. The centre is (t + cell) · stride, a side is exp(t) · stride
/// (YOLOX, Ge et al. 2021, section 2.1); with <see cref="BoxEncoding.Pixels"/> the graph has done this already.
/// </summary>
public sealed class YoloxDecoder : OutputDecoder
{
    private readonly YoloRows _rows;

    /// <param name="manifest">Input size, strides, encoding of the boxes, class ids.</param>
    /// <param name="labels">Number of labels.</param>
    /// <param name="outputs">Of the model.</param>
    /// <param name="thresholds">Least confidence of each label.</param>
    /// <exception cref="ModelException">The outputs are not what the manifest promises.</exception>
    public YoloxDecoder(ModelManifest manifest, int labels, IReadOnlyList<TensorSpec> outputs, ReadOnlySpan<float> thresholds)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        var cells = manifest.Decoder.Boxes == BoxEncoding.Grid ? GridCell.Of(manifest.Input.Width, manifest.Input.Height, manifest.Decoder.Strides, 0) : null;
        _rows = new YoloRows("yolox", cells, manifest, labels, outputs, thresholds);
    }

    protected override bool TryDecode(ReadOnlySpan<ReadOnlyMemory<float>> outputs, ref Candidates candidates) => _rows.TryDecode(outputs[0].Span, ref candidates);
}
