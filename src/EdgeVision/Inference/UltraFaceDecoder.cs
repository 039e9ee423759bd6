using EdgeVision.Geometry;
using EdgeVision.Models;

namespace EdgeVision.Inference;

/// <summary>
/// UltraFace, and other heads of the kind: scores [1, anchors, 1 + labels] of which the first is "background", and decoded boxes [1, anchors, 4],
/// left, top, right, bottom as shares.
/// </summary>
public sealed class UltraFaceDecoder : OutputDecoder
{
    private readonly (int Width, int Height) _input;
    private readonly int _scores;
    private readonly int _boxes;
    private readonly int _anchors;
    private readonly int[] _labels;
    private readonly float[] _limits;

    /// <param name="manifest">Input size, class ids.</param>
    /// <param name="labels">Number of labels.</param>
    /// <param name="outputs">Of the model.</param>
    /// <param name="thresholds">Least confidence of each label.</param>
    /// <exception cref="ModelException">The outputs are not what the manifest promises.</exception>
    public UltraFaceDecoder(ModelManifest manifest, int labels, IReadOnlyList<TensorSpec> outputs, ReadOnlySpan<float> thresholds)
    {
        var found = new Outputs(manifest, outputs);
        var classes = new ClassMap(manifest, labels, thresholds);
        _input = (manifest.Input.Width, manifest.Input.Height);
        if (found.Count != 2) throw Refuse(found, classes);

        // Three labels and the background are four columns, too: then the name decides, else the order.
        _boxes = found.Shape(1) is [_, 4] ? 1 : 0;
        if (_boxes == 1 && found.Shape(0) is [_, 4] && found.Named("box") == 0) _boxes = 0;
        _scores = 1 - _boxes;
        if (found.Shape(_boxes) is not [var boxes, 4] || found.Shape(_scores) is not [var anchors, var columns] || anchors != boxes) throw Refuse(found, classes);
        if (!classes.Fits(columns - 1)) throw found.WrongClasses(classes, "columns", columns, 1);
        _anchors = anchors;
        _labels = classes.LabelsOf(columns - 1);
        _limits = [float.PositiveInfinity, .. classes.ThresholdsOf(columns - 1)];
    }

    protected override bool TryDecode(ReadOnlySpan<ReadOnlyMemory<float>> outputs, ref Candidates candidates)
    {
        var columns = _limits.Length;
        var scores = outputs[_scores].Span[..(_anchors * columns)];
        var boxes = outputs[_boxes].Span;
        if (!ScoreScan.AreFinite(scores)) return false;
        for (var anchor = 0; anchor < _anchors; anchor++)
        {
            var row = scores.Slice(anchor * columns, columns);
            for (var column = 1; column < row.Length; column++)
            {
                if (row[column] < _limits[column]) continue;
                var shares = boxes.Slice(4 * anchor, 4);
                var box = new Box(shares[0] * _input.Width, shares[1] * _input.Height, shares[2] * _input.Width, shares[3] * _input.Height);
                if (!box.IsFinite) return false;
                candidates.Add(_labels[column - 1], row[column], box);
            }
        }

        return true;
    }

    private static ModelException Refuse(in Outputs found, ClassMap classes) =>
        found.Refuse($"the ultraface family has two, float32 [1,anchors,1 background + {classes.Columns} = {classes.Columns + 1}] and [1,anchors,4]");
}
