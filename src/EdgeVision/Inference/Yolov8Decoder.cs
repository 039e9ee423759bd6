using System.Runtime.CompilerServices;
using EdgeVision.Geometry;
using EdgeVision.Models;

namespace EdgeVision.Inference;

/// <summary>
/// YOLOv8, v9, v11 and others with the same export: one output [1, 4 + labels, anchors], planes of centre x, centre y, width and height in input
/// pixels, then of sigmoid scores; or the same transposed, [1, anchors, 4 + labels].
/// </summary>
public sealed class Yolov8Decoder : OutputDecoder
{
    private const int BoxRows = 4;

    private readonly int _anchors;
    private readonly bool _transposed;
    private readonly int[] _labels;
    private readonly float[] _limits;

    /// <param name="manifest">Class ids.</param>
    /// <param name="labels">Number of labels.</param>
    /// <param name="outputs">Of the model.</param>
    /// <param name="thresholds">Least confidence of each label.</param>
    /// <exception cref="ModelException">The outputs are not what the manifest promises.</exception>
    public Yolov8Decoder(ModelManifest manifest, int labels, IReadOnlyList<TensorSpec> outputs, ReadOnlySpan<float> thresholds)
    {
        var found = new Outputs(manifest, outputs);
        var classes = new ClassMap(manifest, labels, thresholds);
        if (found.Count != 1 || found.Shape(0) is not [var rows, var columns])
            throw found.Refuse($"the yolov8 family has one, float32 [1,{BoxRows + classes.Columns},anchors] or [1,anchors,{BoxRows + classes.Columns}]");

        // A list of ids says only how many classes there are at least: the shorter side is theirs.
        var upright = classes.Fits(rows - BoxRows) && (!classes.HasGaps || rows <= columns);
        var transposed = classes.Fits(columns - BoxRows) && (!classes.HasGaps || columns <= rows);
        _transposed = transposed && !upright;
        if (!upright && !transposed) throw found.WrongClasses(classes, rows <= columns ? "rows" : "columns", Math.Min(rows, columns), BoxRows);
        _anchors = _transposed ? rows : columns;
        var count = (_transposed ? columns : rows) - BoxRows;
        (_labels, _limits) = (classes.LabelsOf(count), classes.ThresholdsOf(count));
    }

    protected override bool TryDecode(ReadOnlySpan<ReadOnlyMemory<float>> outputs, ref Candidates candidates)
    {
        var values = outputs[0].Span[..(_anchors * (BoxRows + _labels.Length))];
        return _transposed ? TryDecodeRows(values, ref candidates) : TryDecodePlanes(values, ref candidates);
    }

    /// <summary>A plane after the other, as they lie in memory: by anchors it takes five times as long (bench: Yolov8DecodeBenchmarks).</summary>
    [SkipLocalsInit]
    private bool TryDecodePlanes(ReadOnlySpan<float> values, ref Candidates candidates)
    {
        Span<int> hits = stackalloc int[2 * ScoreScan.Block];
        for (var id = 0; id < _labels.Length; id++)
        {
            var plane = values.Slice((BoxRows + id) * _anchors, _anchors);
            for (var at = 0; at < plane.Length;)
            {
                if (!ScoreScan.TryCollect(plane, _limits[id], ref at, hits, out var count)) return false;
                foreach (var anchor in hits[..count])
                {
                    if (!TryBox(values[anchor], values[_anchors + anchor], values[(2 * _anchors) + anchor], values[(3 * _anchors) + anchor], out var box)) return false;
                    candidates.Add(_labels[id], plane[anchor], box);
                }
            }
        }

        return true;
    }

    private bool TryDecodeRows(ReadOnlySpan<float> values, ref Candidates candidates)
    {
        var columns = BoxRows + _labels.Length;
        for (var anchor = 0; anchor < _anchors; anchor++)
        {
            var row = values.Slice(anchor * columns, columns);
            var scores = row[BoxRows..];
            var look = ScoreScan.Look(scores, _limits);
            if (look == ScoreScan.Row.Nothing) continue;
            if (look == ScoreScan.Row.Broken || !TryBox(row[0], row[1], row[2], row[3], out var box)) return false;
            for (var id = 0; id < scores.Length; id++)
            {
                if (scores[id] >= _limits[id]) candidates.Add(_labels[id], scores[id], box);
            }
        }

        return true;
    }

    private static bool TryBox(float x, float y, float width, float height, out Box box)
    {
        box = Box.Around(x, y, width, height);
        return box.IsFinite;
    }
}
