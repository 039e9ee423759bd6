using EdgeVision.Models;

namespace EdgeVision.Inference;

/// <summary>Which label each class of a model is, and from which confidence on it counts.</summary>
internal sealed class ClassMap
{
    private readonly int[] _ids;
    private readonly float[] _thresholds;
    private readonly Dictionary<int, int> _labels = [];

    /// <param name="manifest">With or without class ids.</param>
    /// <param name="labels">Number of labels.</param>
    /// <param name="thresholds">Least confidence of each label.</param>
    /// <exception cref="ModelException">There is not an id for each label.</exception>
    public ClassMap(ModelManifest manifest, int labels, ReadOnlySpan<float> thresholds)
    {
        HasGaps = manifest.ClassIds.Count > 0;
        _ids = HasGaps ? [.. manifest.ClassIds] : [.. Enumerable.Range(0, labels)];
        _thresholds = thresholds.ToArray();
        if (_ids.Length != labels)
            throw new ModelException($"Model '{manifest.Name}' has {labels} labels but {ModelPackage.ManifestName} gives {_ids.Length} classIds; each label has one. Fix the labels or classIds.");
        for (var label = 0; label < labels; label++) _labels[_ids[label]] = label;
        Least = _thresholds.Length == 0 ? float.PositiveInfinity : _thresholds.Min();
    }

    public int Labels => _ids.Length;

    /// <summary>True when the manifest lists ids: whatever else the model tells is ignored on purpose.</summary>
    public bool HasGaps { get; }

    /// <summary>Lowest threshold of all.</summary>
    public float Least { get; }

    /// <summary>How many class columns there must be: exactly, or at least when there are gaps.</summary>
    public int Columns => HasGaps ? _ids.Max() + 1 : Labels;

    /// <summary>As "80 labels", or "class ids up to 90" when the manifest lists them.</summary>
    public string Declared => HasGaps ? $"class ids up to {Columns - 1}" : $"{Labels} labels";

    public bool Fits(int columns) => HasGaps ? columns >= Columns : columns == Columns;

    /// <summary>-1 for an id without a label.</summary>
    public int LabelOf(int id) => _labels.GetValueOrDefault(id, -1);

    /// <summary>The label of an id that a graph gives as a float; -1 for one that the manifest leaves out. False for what can be no id of this model.</summary>
    public bool TryLabel(float id, out int label)
    {
        var whole = (int)MathF.Round(Math.Clamp(id, -1, ModelManifest.MaxClassId + 1));
        label = LabelOf(whole);
        return label >= 0 || HasGaps;
    }

    public float ThresholdOf(int label) => _thresholds[label];

    /// <summary>Label of each class column, -1 for none.</summary>
    public int[] LabelsOf(int columns) => [.. Enumerable.Range(0, columns).Select(LabelOf)];

    /// <summary>Threshold of each class column; nothing reaches that of a column without a label.</summary>
    public float[] ThresholdsOf(int columns) =>
        [.. Enumerable.Range(0, columns).Select(id => LabelOf(id) is var label and >= 0 ? _thresholds[label] : float.PositiveInfinity)];
}
