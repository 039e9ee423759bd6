using System.Numerics;
using System.Runtime.InteropServices;
using EdgeVision.Geometry;
using EdgeVision.Models;

namespace EdgeVision.Inference;

/// <summary>
/// NanoDet and NanoDet-Plus: one output [1, anchors, labels + 4 · (regMax + 1)]; a row holds a sigmoid score for each class, then the logits of
/// the distances from the anchor's centre to the left, top, right and bottom edge, each a distribution over 0 … regMax strides
/// (Generalized Focal Loss, Li et al. 2020, section 3.2). Every class at or above its threshold is a candidate of its own, as in the reference.
/// </summary>
public sealed class NanoDetDecoder : OutputDecoder
{
    private readonly float[] _thresholds;
    private readonly Anchor[] _anchors;
    private readonly int _bins;
    private readonly int _columns;

    /// <param name="manifest">Input size, strides, bins and centre offset.</param>
    /// <param name="labels">Number of classes.</param>
    /// <param name="outputs">Of the model.</param>
    /// <param name="thresholds">Least confidence of each class id.</param>
    /// <exception cref="ModelException">The outputs are not what the manifest promises.</exception>
    public NanoDetDecoder(ModelManifest manifest, int labels, IReadOnlyList<TensorSpec> outputs, ReadOnlySpan<float> thresholds)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(outputs);
        _thresholds = thresholds.ToArray();
        _bins = manifest.Decoder.RegMax + 1;
        _columns = labels + (4 * _bins);
        _anchors = Anchors(manifest);
        Check(manifest, labels, outputs);
    }

    public override bool TryDecode(ReadOnlySpan<ReadOnlyMemory<float>> outputs, DetectionList detections)
    {
        ArgumentNullException.ThrowIfNull(detections);
        var values = outputs[0].Span[..(_anchors.Length * _columns)];
        var before = detections.Count;
        for (var row = 0; row < _anchors.Length; row++)
        {
            var columns = values.Slice(row * _columns, _columns);
            var scores = columns[.._thresholds.Length];
            switch (Look(scores))
            {
                case Row.Nothing:
                    continue;
                case Row.Candidate when TryBox(columns[_thresholds.Length..], _anchors[row], out var box):
                    AddCandidates(scores, box, detections);
                    continue;
                default:
                    detections.Truncate(before);
                    return false;
            }
        }

        return true;
    }

    /// <summary>Nearly all rows hold nothing: this is the loop that must be fast, and it reads each score once.</summary>
    private Row Look(ReadOnlySpan<float> scores)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(scores);
        var limits = MemoryMarshal.Cast<float, Vector<float>>(_thresholds);
        var (finite, candidates) = (Vector<int>.AllBitsSet, Vector<int>.Zero);
        for (var i = 0; i < vectors.Length; i++)
        {
            finite &= Vector.LessThanOrEqual(Vector.Abs(vectors[i]), new Vector<float>(float.MaxValue));
            candidates |= Vector.GreaterThanOrEqual(vectors[i], limits[i]);
        }

        var (isFinite, isCandidate) = (finite == Vector<int>.AllBitsSet, candidates != Vector<int>.Zero);
        for (var i = vectors.Length * Vector<float>.Count; i < scores.Length; i++)
        {
            isFinite &= float.IsFinite(scores[i]);
            isCandidate |= scores[i] >= _thresholds[i];
        }

        return !isFinite ? Row.Broken : isCandidate ? Row.Candidate : Row.Nothing;
    }

    private void AddCandidates(ReadOnlySpan<float> scores, in Box box, DetectionList detections)
    {
        for (var id = 0; id < scores.Length; id++)
        {
            // Rounding may leave a sigmoid a hair above 1.
            if (scores[id] >= _thresholds[id]) detections.Add(new Detection(id, Math.Clamp(scores[id], 0, 1), box));
        }
    }

    private bool TryBox(ReadOnlySpan<float> logits, in Anchor anchor, out Box box)
    {
        var left = Expectation(logits[.._bins]);
        var top = Expectation(logits.Slice(_bins, _bins));
        var right = Expectation(logits.Slice(2 * _bins, _bins));
        var bottom = Expectation(logits.Slice(3 * _bins, _bins));
        box = new Box(
            anchor.X - (left * anchor.Stride), anchor.Y - (top * anchor.Stride), anchor.X + (right * anchor.Stride), anchor.Y + (bottom * anchor.Stride));
        return float.IsFinite(left + top + right + bottom);
    }

    /// <summary>Σ i · softmax(logits)ᵢ; NaN when a logit is no number.</summary>
    private static float Expectation(ReadOnlySpan<float> logits)
    {
        // Subtracting the largest keeps exp from overflowing. Math.Max hands a NaN on, and +∞ − ∞ is one.
        var max = float.NegativeInfinity;
        foreach (var logit in logits) max = Math.Max(max, logit);
        var (sum, weighted, finite) = (0f, 0f, true);
        for (var i = 0; i < logits.Length; i++)
        {
            var e = MathF.Exp(logits[i] - max);
            sum += e;
            weighted += i * e;
            finite &= float.IsFinite(logits[i]);
        }

        return finite ? weighted / sum : float.NaN;
    }

    private static Anchor[] Anchors(ModelManifest manifest)
    {
        var anchors = new List<Anchor>();
        foreach (var stride in manifest.Decoder.Strides)
        {
            var (columns, rows) = (DivideUp(manifest.Input.Width, stride), DivideUp(manifest.Input.Height, stride));
            for (var y = 0; y < rows; y++)
            {
                for (var x = 0; x < columns; x++)
                    anchors.Add(new Anchor((x + manifest.Decoder.CentreOffset) * stride, (y + manifest.Decoder.CentreOffset) * stride, stride));
            }
        }

        return [.. anchors];
    }

    private static int DivideUp(int length, int stride) => (length + stride - 1) / stride;

    private void Check(ModelManifest manifest, int labels, IReadOnlyList<TensorSpec> outputs)
    {
        var found = $"Model '{manifest.Name}' has output {string.Join(" and ", outputs)}";
        if (outputs is not [{ ElementType: "float32", Dimensions: [1, var rows, var columns] }])
            throw new ModelException($"{found}; the nanodet family has one, float32 [1,{_anchors.Length},{_columns}]. Correct 'family' in {ModelPackage.ManifestName}.");
        if (columns != _columns)
        {
            throw new ModelException(
                $"{found} but {ModelPackage.ManifestName} declares {labels} labels and regMax {manifest.Decoder.RegMax} ({labels} + 4·{_bins} = {_columns} columns, found {columns}, which would be {columns - (4 * _bins)} labels). Fix the labels or regMax.");
        }

        if (rows != _anchors.Length)
        {
            throw new ModelException(
                $"{found} but {ModelPackage.ManifestName} declares input {manifest.Input.Width}×{manifest.Input.Height} and strides {string.Join(',', manifest.Decoder.Strides)}, which make {_anchors.Length} rows, not {rows}. Fix 'input' or 'decoder.strides'.");
        }
    }

    private enum Row
    {
        Nothing,
        Candidate,
        Broken,
    }

    /// <param name="X">Centre, input pixels.</param>
    /// <param name="Y">Centre, input pixels.</param>
    /// <param name="Stride">Input pixels per unit of distance.</param>
    private readonly record struct Anchor(float X, float Y, float Stride);
}
