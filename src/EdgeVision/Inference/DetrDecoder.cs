using EdgeVision.Geometry;
using EdgeVision.Models;

namespace EdgeVision.Inference;

/// <summary>
/// DETR and its kin: logits [1, queries, classes] and boxes [1, queries, 4] of centre x, centre y, width, height as shares. RT-DETR and D-FINE take the
/// sigmoid of each logit; the original DETR (Carion et al. 2020) the softmax of a row, whose last class is "no object", and one class a query.
/// Nothing is suppressed: a query finds one object.
/// </summary>
public sealed class DetrDecoder : OutputDecoder
{
    private readonly (int Width, int Height) _input;
    private readonly bool _softmax;
    private readonly int _logits;
    private readonly int _boxes;
    private readonly int _queries;
    private readonly int _columns;
    private readonly int[] _labels;
    private readonly float[] _limits;
    private readonly float[] _confidences;

    /// <param name="manifest">Input size, activation, class ids.</param>
    /// <param name="labels">Number of labels.</param>
    /// <param name="outputs">Of the model.</param>
    /// <param name="thresholds">Least confidence of each label.</param>
    /// <exception cref="ModelException">The outputs are not what the manifest promises.</exception>
    public DetrDecoder(ModelManifest manifest, int labels, IReadOnlyList<TensorSpec> outputs, ReadOnlySpan<float> thresholds)
    {
        var found = new Outputs(manifest, outputs);
        var classes = new ClassMap(manifest, labels, thresholds);
        _input = (manifest.Input.Width, manifest.Input.Height);
        _softmax = manifest.Decoder.Activation == ScoreActivation.Softmax;
        var others = _softmax ? 1 : 0;
        if (found.Count != 2) throw Refuse(found, classes, others);

        // Four classes look like a box: then the name decides, else the order.
        _boxes = found.Shape(1) is [_, 4] ? 1 : 0;
        if (_boxes == 1 && found.Shape(0) is [_, 4] && (found.Named("box", "dets") == 0 || found.Named("logits", "labels", "scores") == 1)) _boxes = 0;
        _logits = 1 - _boxes;
        if (found.Shape(_boxes) is not [var boxes, 4] || found.Shape(_logits) is not [var queries, var columns] || queries != boxes) throw Refuse(found, classes, others);
        if (!classes.Fits(columns - others)) throw found.WrongClasses(classes, "columns", columns, others);
        (_queries, _columns) = (queries, columns);
        (_labels, _confidences) = (classes.LabelsOf(columns - others), classes.ThresholdsOf(columns - others));
        _limits = [.. _confidences.Select(Logit.Below)];
    }

    protected override bool TryDecode(ReadOnlySpan<ReadOnlyMemory<float>> outputs, ref Candidates candidates)
    {
        var logits = outputs[_logits].Span[..(_queries * _columns)];
        var boxes = outputs[_boxes].Span;
        for (var query = 0; query < _queries; query++)
        {
            var row = logits.Slice(query * _columns, _columns);
            if (!(_softmax ? TryAddBest(row, boxes.Slice(4 * query, 4), ref candidates) : TryAddEach(row, boxes.Slice(4 * query, 4), ref candidates))) return false;
        }

        return true;
    }

    private bool TryAddEach(ReadOnlySpan<float> logits, ReadOnlySpan<float> shares, ref Candidates candidates)
    {
        var look = ScoreScan.Look(logits, _limits);
        if (look == ScoreScan.Row.Nothing) return true;
        if (look == ScoreScan.Row.Broken || !TryBox(shares, out var box)) return false;
        for (var id = 0; id < logits.Length; id++)
        {
            if (logits[id] < _limits[id]) continue;
            var confidence = Logit.Sigmoid(logits[id]);
            if (confidence >= _confidences[id]) candidates.Add(_labels[id], confidence, box);
        }

        return true;
    }

    private bool TryAddBest(ReadOnlySpan<float> logits, ReadOnlySpan<float> shares, ref Candidates candidates)
    {
        if (!ScoreScan.AreFinite(logits)) return false;
        var best = 0;
        for (var id = 1; id < _labels.Length; id++)
        {
            if (logits[id] > logits[best]) best = id;
        }

        // 1 / Σ exp(x − best): exp overflows to infinity only where the confidence is 0.
        var sum = 0f;
        foreach (var logit in logits) sum += MathF.Exp(logit - logits[best]);
        var confidence = 1 / sum;
        if (confidence < _confidences[best]) return true;
        if (!TryBox(shares, out var box)) return false;
        candidates.Add(_labels[best], confidence, box);
        return true;
    }

    private bool TryBox(ReadOnlySpan<float> shares, out Box box)
    {
        box = Box.Around(shares[0] * _input.Width, shares[1] * _input.Height, shares[2] * _input.Width, shares[3] * _input.Height);
        return box.IsFinite;
    }

    private static ModelException Refuse(in Outputs found, ClassMap classes, int others) =>
        found.Refuse($"the detr family has two, logits float32 [1,queries,{classes.Columns + others}] and boxes [1,queries,4]");
}
