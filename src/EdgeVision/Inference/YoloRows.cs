using EdgeVision.Geometry;
using EdgeVision.Models;

namespace EdgeVision.Inference;

/// <summary>
/// What YOLOX and YOLOv5 share: one output [1, anchors, 5 + labels]; a row holds a box, the objectness and a score for each class, the last two
/// sigmoids. The confidence of a class is their product.
/// </summary>
internal sealed class YoloRows
{
    private const int Others = 5;

    /// <summary>A sigmoid may round a hair above 1, so objectness is no strict bound of the product.</summary>
    private const float Slack = 0.999f;

    private readonly GridCell[]? _cells;
    private readonly int _rows;
    private readonly int[] _labels;
    private readonly float[] _limits;
    private readonly float _least;

    /// <param name="family">As the manifest calls it.</param>
    /// <param name="cells">Null when boxes are in input pixels.</param>
    /// <param name="manifest">Class ids.</param>
    /// <param name="labels">Number of labels.</param>
    /// <param name="outputs">Of the model.</param>
    /// <param name="thresholds">Least confidence of each label.</param>
    public YoloRows(string family, GridCell[]? cells, ModelManifest manifest, int labels, IReadOnlyList<TensorSpec> outputs, ReadOnlySpan<float> thresholds)
    {
        var found = new Outputs(manifest, outputs);
        var classes = new ClassMap(manifest, labels, thresholds);
        _cells = cells;
        if (found.Count != 1 || found.Shape(0) is not [var rows, var columns])
            throw found.Refuse($"the {family} family has one, float32 [1,{(cells is null ? "anchors" : cells.Length)},{Others + classes.Columns}]");
        if (!classes.Fits(columns - Others)) throw found.WrongClasses(classes, "columns", columns, Others);
        if (cells is not null && rows != cells.Length) throw found.WrongRows(rows, cells.Length);
        (_rows, _least) = (rows, Slack * classes.Least);
        (_labels, _limits) = (classes.LabelsOf(columns - Others), classes.ThresholdsOf(columns - Others));
    }

    public bool TryDecode(ReadOnlySpan<float> output, ref Candidates candidates)
    {
        var columns = Others + _labels.Length;
        var values = output[..(_rows * columns)];
        if (!ScoreScan.AreFinite(values)) return false;
        for (var i = 0; i < _rows; i++)
        {
            if (values[(i * columns) + 4] >= _least && !TryAdd(values.Slice(i * columns, columns), i, ref candidates)) return false;
        }

        return true;
    }

    private bool TryAdd(ReadOnlySpan<float> row, int index, ref Candidates candidates)
    {
        var box = BoxOf(row, index);
        for (var id = 0; id < _labels.Length; id++)
        {
            var confidence = row[4] * row[Others + id];
            if (confidence < _limits[id]) continue;
            if (!box.IsFinite || !float.IsFinite(confidence)) return false;
            candidates.Add(_labels[id], confidence, box);
        }

        return true;
    }

    private Box BoxOf(ReadOnlySpan<float> row, int index)
    {
        if (_cells is null) return Box.Around(row[0], row[1], row[2], row[3]);
        var cell = _cells[index];
        return Box.Around(
            cell.X + (row[0] * cell.Stride), cell.Y + (row[1] * cell.Stride), MathF.Exp(row[2]) * cell.Stride, MathF.Exp(row[3]) * cell.Stride);
    }
}
