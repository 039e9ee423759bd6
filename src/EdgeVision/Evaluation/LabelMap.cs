namespace EdgeVision.Evaluation;

/// <summary>
/// Which category of an annotated set a class of a model is. By name, because ids are nobody's agreement: COCO counts to 90 with gaps, models
/// to 79, and a model's own class-id map has been applied before its labels. Case, '_' and '-' make no difference.
/// </summary>
public sealed class LabelMap
{
    private readonly int[] _categoryOf;

    /// <param name="labels">By class id.</param>
    /// <param name="categories">Of the annotated set.</param>
    public LabelMap(IReadOnlyList<string> labels, IReadOnlyList<AnnotatedCategory> categories)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(categories);
        var index = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < categories.Count; i++) index.TryAdd(Plain(categories[i].Name), i);
        _categoryOf = new int[labels.Count];
        for (var i = 0; i < labels.Count; i++)
        {
            // A name as it is written wins over one that is only alike.
            var exact = categories.TakeWhile(c => c.Name != labels[i]).Count();
            _categoryOf[i] = exact < categories.Count ? exact : index.GetValueOrDefault(Plain(labels[i]), -1);
        }

        LabelsWithoutCategory = [.. labels.Where((_, i) => _categoryOf[i] < 0)];
        CategoriesWithoutLabel = [.. Enumerable.Range(0, categories.Count).Except(_categoryOf)];
    }

    /// <summary>What the model can name and the set does not know.</summary>
    public IReadOnlyList<string> LabelsWithoutCategory { get; }

    /// <summary>What the set knows and the model cannot name: indices of categories.</summary>
    public IReadOnlyList<int> CategoriesWithoutLabel { get; }

    /// <summary>False when no label is a category: there is nothing to evaluate.</summary>
    public bool Any => LabelsWithoutCategory.Count < _categoryOf.Length;

    /// <summary>Index of the category, or -1.</summary>
    public int CategoryOf(int classId) => _categoryOf[classId];

    /// <summary>The class id that is this category, or -1.</summary>
    public int ClassOf(int category) => Array.IndexOf(_categoryOf, category);

    private static string Plain(string name) => name.Replace('_', ' ').Replace('-', ' ').Trim();
}
