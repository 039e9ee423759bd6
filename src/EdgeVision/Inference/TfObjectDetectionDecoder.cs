using EdgeVision.Geometry;
using EdgeVision.Models;

namespace EdgeVision.Inference;

/// <summary>
/// TensorFlow Object Detection API and TFLite_Detection_PostProcess: boxes [1, n, 4] of top, left, bottom, right as shares, classes [1, n] and
/// scores [1, n] as floats, and their number [1]. Outputs are known by name, else by shape and, of classes and scores, the order that TFLite has.
/// </summary>
public sealed class TfObjectDetectionDecoder : OutputDecoder
{
    private readonly ClassMap _classes;
    private readonly (int Width, int Height) _input;
    private readonly int _boxes;
    private readonly int _ids;
    private readonly int _scores;
    private readonly int _number;
    private readonly int _rows;

    /// <param name="manifest">Input size, class ids.</param>
    /// <param name="labels">Number of labels.</param>
    /// <param name="outputs">Of the model.</param>
    /// <param name="thresholds">Least confidence of each label.</param>
    /// <exception cref="ModelException">The outputs are not what the manifest promises.</exception>
    public TfObjectDetectionDecoder(ModelManifest manifest, int labels, IReadOnlyList<TensorSpec> outputs, ReadOnlySpan<float> thresholds)
    {
        var found = new Outputs(manifest, outputs);
        _classes = new ClassMap(manifest, labels, thresholds);
        _input = (manifest.Input.Width, manifest.Input.Height);
        var lists = new List<int>();
        (_boxes, _number) = (-1, -1);
        for (var i = 0; i < found.Count; i++)
        {
            var shape = found.Shape(i);
            if (shape is [_, 4] && (_boxes < 0 || i == found.Named("detection_boxes"))) _boxes = i;
            else if (outputs[i].Dimensions.All(static d => d == 1) && (_number < 0 || i == found.Named("num"))) _number = i;
            else if (shape is [_]) lists.Add(i);
        }

        // A graph of one detection: a list of one looks like a number.
        (_ids, _scores) = (found.Named("classes"), found.Named("scores"));
        if ((_ids < 0 || _scores < 0) && lists is [var first, var second]) (_ids, _scores) = (first, second);
        if (_boxes < 0 || _ids < 0 || _scores < 0 || _number < 0 || _ids == _scores) throw Refuse(found);
        _rows = found.Shape(_boxes)[0];
        if (found.Shape(_ids) is not [var ids] || found.Shape(_scores) is not [var scores] || ids != _rows || scores != _rows) throw Refuse(found);
    }

    protected override bool TryDecode(ReadOnlySpan<ReadOnlyMemory<float>> outputs, ref Candidates candidates)
    {
        var number = outputs[_number].Span[0];
        if (!float.IsFinite(number)) return false;
        var rows = (int)Math.Clamp(number, 0, _rows);
        var boxes = outputs[_boxes].Span[..(4 * rows)];
        var ids = outputs[_ids].Span;
        var scores = outputs[_scores].Span;
        for (var i = 0; i < rows; i++)
        {
            if (!float.IsFinite(scores[i])) return false;
            if (scores[i] < _classes.Least) continue;
            if (!float.IsFinite(ids[i]) || !_classes.TryLabel(ids[i], out var label)) return false;
            if (label < 0 || scores[i] < _classes.ThresholdOf(label)) continue;
            var box = new Box(
                boxes[(4 * i) + 1] * _input.Width, boxes[4 * i] * _input.Height, boxes[(4 * i) + 3] * _input.Width, boxes[(4 * i) + 2] * _input.Height);
            if (!box.IsFinite) return false;
            candidates.Add(label, scores[i], box);
        }

        return true;
    }

    private static ModelException Refuse(in Outputs found) => found.Refuse(
        "the tfObjectDetection family has four, detection_boxes [1,n,4], detection_classes [1,n], detection_scores [1,n] and num_detections [1]");
}
