using System.Runtime.CompilerServices;
using EdgeVision.Geometry;
using EdgeVision.Models;

namespace EdgeVision.Inference;

/// <summary>
/// YuNet (Wu et al. 2023; decoding as OpenCV's FaceDetectorYN): for each stride class and objectness [1, anchors, 1], box [1, anchors, 4] and landmarks
/// [1, anchors, 2 · points]. The score is √(class · objectness); centre and points count from the cell's corner, a side is exp(t), all in strides.
/// Outputs are known by their shapes, whatever their order: class and objectness need not be told apart.
/// </summary>
public sealed class YuNetDecoder : OutputDecoder
{
    /// <summary>Points of one face at most; the usual model has 5.</summary>
    private const int MaxPoints = 64;

    private readonly GridCell[] _cells;
    private readonly Part[] _parts;
    private readonly int _points;
    private readonly float _threshold;

    /// <param name="manifest">Input size, strides.</param>
    /// <param name="labels">Number of labels: 1.</param>
    /// <param name="outputs">Of the model.</param>
    /// <param name="thresholds">Least confidence of the label.</param>
    /// <exception cref="ModelException">The outputs are not what the manifest promises.</exception>
    public YuNetDecoder(ModelManifest manifest, int labels, IReadOnlyList<TensorSpec> outputs, ReadOnlySpan<float> thresholds)
    {
        var found = new Outputs(manifest, outputs);
        var strides = manifest.Decoder.Strides;
        if (labels != 1 || manifest.ClassIds is not ([] or [0]))
            throw found.Misfit($": the yunet family knows one class, but {ModelPackage.ManifestName} declares {labels} labels{(manifest.ClassIds.Count > 0 ? " and classIds" : "")}. Give one label, as [\"face\"], without classIds.");
        if (found.Count != 4 * strides.Count)
            throw found.Refuse($"the yunet family has four for each stride, {4 * strides.Count} for strides {string.Join(',', strides)}");
        _cells = GridCell.Of(manifest.Input.Width, manifest.Input.Height, strides, 0);
        _threshold = thresholds[0];
        (_parts, _points) = Parts(found, manifest);
    }

    [SkipLocalsInit]
    protected override bool TryDecode(ReadOnlySpan<ReadOnlyMemory<float>> outputs, ref Candidates candidates)
    {
        Span<Point> points = stackalloc Point[MaxPoints];
        foreach (ref readonly var part in _parts.AsSpan())
        {
            var classes = outputs[part.Class].Span[..part.Anchors];
            var objectness = outputs[part.Objectness].Span[..part.Anchors];
            if (!ScoreScan.AreFinite(classes) || !ScoreScan.AreFinite(objectness)) return false;
            for (var i = 0; i < classes.Length; i++)
            {
                var confidence = MathF.Sqrt(Math.Clamp(classes[i], 0, 1) * Math.Clamp(objectness[i], 0, 1));
                if (confidence < _threshold) continue;
                var cell = _cells[part.First + i];
                if (!TryBox(outputs[part.Box].Span.Slice(4 * i, 4), cell, out var box)) return false;
                if (!TryPoints(outputs[part.Points].Span.Slice(2 * _points * i, 2 * _points), cell, points)) return false;
                candidates.Add(0, confidence, box, points[.._points]);
            }
        }

        return true;
    }

    private static bool TryBox(ReadOnlySpan<float> values, in GridCell cell, out Box box)
    {
        box = Box.Around(
            cell.X + (values[0] * cell.Stride), cell.Y + (values[1] * cell.Stride), MathF.Exp(values[2]) * cell.Stride, MathF.Exp(values[3]) * cell.Stride);
        return box.IsFinite;
    }

    private static bool TryPoints(ReadOnlySpan<float> values, in GridCell cell, Span<Point> points)
    {
        var finite = true;
        for (var i = 0; i < values.Length / 2; i++)
        {
            points[i] = new Point(cell.X + (values[2 * i] * cell.Stride), cell.Y + (values[(2 * i) + 1] * cell.Stride));
            finite &= float.IsFinite(points[i].X) && float.IsFinite(points[i].Y);
        }

        return finite;
    }

    private static (Part[] Parts, int Points) Parts(in Outputs found, ModelManifest manifest)
    {
        var strides = manifest.Decoder.Strides;
        var (parts, taken, first, points) = (new Part[strides.Count], new bool[found.Count], 0, 0);
        for (var i = 0; i < strides.Count; i++)
        {
            var anchors = GridCell.Count(manifest.Input.Width, manifest.Input.Height, strides[i]);
            var (one, other) = (Take(found, taken, anchors, 1, 1), Take(found, taken, anchors, 1, 1));
            var box = Take(found, taken, anchors, 4, 4);
            var landmarks = points > 0 ? Take(found, taken, anchors, 2 * points, 2 * points) : Take(found, taken, anchors, 2, 2 * MaxPoints);
            if (one < 0 || other < 0 || box < 0 || landmarks < 0 || found.Shape(landmarks)[1] % 2 != 0)
            {
                throw found.Misfit(
                    $" but {ModelPackage.ManifestName} declares input {manifest.Input.Width}×{manifest.Input.Height}, which at stride {strides[i]} makes twice [1,{anchors},1], [1,{anchors},4] and [1,{anchors},2·points]. Fix 'input' or 'decoder.strides'.");
            }

            points = found.Shape(landmarks)[1] / 2;
            parts[i] = new Part(one, other, box, landmarks, first, anchors);
            first += anchors;
        }

        return (parts, points);
    }

    /// <summary>The first output of this shape that no part has taken.</summary>
    private static int Take(in Outputs found, bool[] taken, int anchors, int leastColumns, int mostColumns)
    {
        for (var i = 0; i < taken.Length; i++)
        {
            if (taken[i] || found.Shape(i) is not [var rows, var columns] || rows != anchors || columns < leastColumns || columns > mostColumns) continue;
            taken[i] = true;
            return i;
        }

        return -1;
    }

    /// <param name="Class">Output.</param>
    /// <param name="Objectness">Output.</param>
    /// <param name="Box">Output.</param>
    /// <param name="Points">Output.</param>
    /// <param name="First">Cell of the first row.</param>
    /// <param name="Anchors">Rows.</param>
    private readonly record struct Part(int Class, int Objectness, int Box, int Points, int First, int Anchors);
}
