using EdgeVision.Geometry;
using EdgeVision.Models;

namespace EdgeVision.Inference;

/// <summary>
/// NanoDet and NanoDet-Plus: one output [1, anchors, labels + 4 · (regMax + 1)]; a row holds a score for each class, then the logits of
/// the distances from the anchor's centre to the left, top, right and bottom edge, each a distribution over 0 … regMax strides
/// (Generalized Focal Loss, Li et al. 2020, section 3.2). Or the same as a pair of outputs for each stride, [1, anchors, labels] and
/// [1, anchors, 4 · (regMax + 1)].
/// </summary>
public sealed class NanoDetDecoder : OutputDecoder
{
    private readonly GridCell[] _anchors;
    private readonly Part[] _parts;
    private readonly int _bins;
    private readonly bool _sigmoid;
    private readonly int[] _labels;
    private readonly float[] _limits;
    private readonly float[] _confidences;

    /// <param name="manifest">Input size, strides, bins, centre offset, activation, class ids.</param>
    /// <param name="labels">Number of labels.</param>
    /// <param name="outputs">Of the model.</param>
    /// <param name="thresholds">Least confidence of each label.</param>
    /// <exception cref="ModelException">The outputs are not what the manifest promises.</exception>
    public NanoDetDecoder(ModelManifest manifest, int labels, IReadOnlyList<TensorSpec> outputs, ReadOnlySpan<float> thresholds)
    {
        var found = new Outputs(manifest, outputs);
        var classes = new ClassMap(manifest, labels, thresholds);
        _bins = manifest.Decoder.RegMax + 1;
        _sigmoid = manifest.Decoder.Activation == ScoreActivation.Sigmoid;
        _anchors = GridCell.Of(manifest.Input.Width, manifest.Input.Height, manifest.Decoder.Strides, manifest.Decoder.CentreOffset);
        int columns;
        (_parts, columns) = found.Count == 1 ? OneOutput(found, classes, manifest) : Pairs(found, classes, manifest);
        (_labels, _confidences) = (classes.LabelsOf(columns), classes.ThresholdsOf(columns));
        _limits = _sigmoid ? [.. _confidences.Select(Logit.Below)] : _confidences;
    }

    protected override bool TryDecode(ReadOnlySpan<ReadOnlyMemory<float>> outputs, ref Candidates candidates)
    {
        foreach (ref readonly var part in _parts.AsSpan())
        {
            var scores = outputs[part.Scores].Span;
            var distances = outputs[part.Distances].Span[part.DistancesOffset..];
            for (var i = 0; i < part.Anchors; i++)
            {
                var row = scores.Slice(i * part.ScoresStep, _labels.Length);
                var look = ScoreScan.Look(row, _limits);
                if (look == ScoreScan.Row.Nothing) continue;
                if (look == ScoreScan.Row.Broken || !TryBox(distances.Slice(i * part.DistancesStep, 4 * _bins), _anchors[part.First + i], out var box)) return false;
                Add(row, box, ref candidates);
            }
        }

        return true;
    }

    private void Add(ReadOnlySpan<float> scores, in Box box, ref Candidates candidates)
    {
        for (var id = 0; id < scores.Length; id++)
        {
            if (scores[id] < _limits[id]) continue;
            var confidence = _sigmoid ? Logit.Sigmoid(scores[id]) : scores[id];
            if (confidence >= _confidences[id]) candidates.Add(_labels[id], confidence, box);
        }
    }

    private bool TryBox(ReadOnlySpan<float> logits, in GridCell anchor, out Box box)
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

    private (Part[] Parts, int Classes) OneOutput(in Outputs found, ClassMap classes, ModelManifest manifest)
    {
        if (found.Shape(0) is not [var rows, var columns])
            throw found.Refuse($"the nanodet family has one, float32 [1,{_anchors.Length},{classes.Columns + (4 * _bins)}], or a pair for each stride");
        var count = columns - (4 * _bins);
        if (!classes.Fits(count))
        {
            throw found.Misfit(
                $" but {ModelPackage.ManifestName} declares {classes.Declared} and regMax {manifest.Decoder.RegMax} ({classes.Columns} + 4·{_bins} = {classes.Columns + (4 * _bins)} columns, found {columns}{(count > 0 ? $", which would be {count} labels" : "")}). Fix the labels or regMax.");
        }

        if (rows != _anchors.Length) throw found.WrongRows(rows, _anchors.Length);
        return ([new Part(0, columns, 0, count, columns, 0, rows)], count);
    }

    /// <summary>Each stride's pair is known by its number of anchors, whatever the order; of two that have the same number the first is meant.</summary>
    private (Part[] Parts, int Classes) Pairs(in Outputs found, ClassMap classes, ModelManifest manifest)
    {
        var strides = manifest.Decoder.Strides;
        if (found.Count != 2 * strides.Count)
            throw found.Refuse($"the nanodet family has one, float32 [1,{_anchors.Length},{classes.Columns + (4 * _bins)}], or a pair for each stride, {2 * strides.Count} for strides {string.Join(',', strides)}");
        var (parts, taken, first, columns) = (new Part[strides.Count], new bool[found.Count], 0, -1);
        for (var i = 0; i < strides.Count; i++)
        {
            var anchors = GridCell.Count(manifest.Input.Width, manifest.Input.Height, strides[i]);
            var scores = Take(found, taken, anchors, count => columns < 0 ? classes.Fits(count) : count == columns);
            var distances = Take(found, taken, anchors, count => count == 4 * _bins);
            if (scores < 0 || distances < 0)
            {
                throw found.Misfit(
                    $" but {ModelPackage.ManifestName} declares input {manifest.Input.Width}×{manifest.Input.Height}, {classes.Declared} and regMax {manifest.Decoder.RegMax}, which at stride {strides[i]} make [1,{anchors},{classes.Columns}] and [1,{anchors},4·{_bins} = {4 * _bins}]. Fix the labels, 'input' or 'decoder'.");
            }

            columns = found.Shape(scores)[1];
            parts[i] = new Part(scores, columns, distances, 0, 4 * _bins, first, anchors);
            first += anchors;
        }

        return (parts, columns);
    }

    private static int Take(in Outputs found, bool[] taken, int anchors, Func<int, bool> fits)
    {
        for (var i = 0; i < taken.Length; i++)
        {
            if (taken[i] || found.Shape(i) is not [var rows, var columns] || rows != anchors || !fits(columns)) continue;
            taken[i] = true;
            return i;
        }

        return -1;
    }

    /// <summary>Where the anchors of one or all strides stand.</summary>
    /// <param name="Scores">Output that holds them.</param>
    /// <param name="ScoresStep">From row to row.</param>
    /// <param name="Distances">Output that holds them.</param>
    /// <param name="DistancesOffset">Of the first row.</param>
    /// <param name="DistancesStep">From row to row.</param>
    /// <param name="First">Anchor of the first row.</param>
    /// <param name="Anchors">Rows.</param>
    private readonly record struct Part(int Scores, int ScoresStep, int Distances, int DistancesOffset, int DistancesStep, int First, int Anchors);
}
