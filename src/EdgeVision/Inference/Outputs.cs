using EdgeVision.Models;

namespace EdgeVision.Inference;

/// <summary>A model's outputs while a decoder is made: finds the ones it needs and words what does not fit.</summary>
internal readonly struct Outputs
{
    private readonly ModelManifest _manifest;
    private readonly IReadOnlyList<TensorSpec> _specs;

    public Outputs(ModelManifest manifest, IReadOnlyList<TensorSpec> specs)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(specs);
        (_manifest, _specs) = (manifest, specs);
    }

    public int Count => _specs.Count;

    /// <summary>Begins every refusal, as "Model 'x' has output float32 [1,3549,124]".</summary>
    public string Found => $"Model '{_manifest.Name}' has {(_specs.Count == 0 ? "no output" : $"output {string.Join(" and ", _specs)}")}";

    /// <summary>Dimensions behind the batch of one; empty when the output is no tensor of numbers, or has another batch.</summary>
    public int[] Shape(int index)
    {
        var dimensions = _specs[index].Dimensions;
        return IsNumeric(_specs[index]) && dimensions is [1, ..] && dimensions.All(static d => d > 0) ? [.. dimensions.Skip(1)] : [];
    }

    /// <summary>The output whose name holds one of the words; -1 when none or several do.</summary>
    public int Named(params ReadOnlySpan<string> words)
    {
        var found = -1;
        for (var i = 0; i < _specs.Count; i++)
        {
            foreach (var word in words)
            {
                if (!_specs[i].Name.Contains(word, StringComparison.OrdinalIgnoreCase)) continue;
                if (found >= 0) return -1;
                found = i;
                break;
            }
        }

        return found;
    }

    /// <summary>What was found is not what the family has.</summary>
    public ModelException Refuse(string expected) =>
        new($"{Found}; {expected}. Correct 'family' in {ModelPackage.ManifestName}.");

    /// <summary>The rest of a sentence that begins with what was found.</summary>
    public ModelException Misfit(string text) => new($"{Found}{text}");

    /// <summary>Another number of classes than the manifest's.</summary>
    /// <param name="classes">Of the manifest.</param>
    /// <param name="name">As "rows" or "columns".</param>
    /// <param name="count">Of them.</param>
    /// <param name="others">How many are not classes.</param>
    public ModelException WrongClasses(ClassMap classes, string name, int count, int others)
    {
        var sum = others > 0 ? $"{others} + " : "";
        var found = count - others;
        if (found < 1) return Misfit($": {count} {name} leave no place for a class; this family has {sum}labels. Correct 'family' in {ModelPackage.ManifestName}.");
        var hint = classes.HasGaps ? "Fix 'classIds'" : $"Give {found} labels";
        return Misfit($": {count} {name} = {sum}{found} labels, but {ModelPackage.ManifestName} declares {classes.Declared}{(others > 0 ? $" ({sum}{classes.Columns} = {others + classes.Columns} {name})" : "")}. {hint}, or correct 'family'.");
    }

    /// <summary>Another number of anchors than input size and strides make.</summary>
    public ModelException WrongRows(int rows, int expected)
    {
        var manifest = _manifest;
        var strides = manifest.Decoder.Strides;
        var terms = strides.Count > 1 ? string.Join(" + ", strides.Select(s => GridCell.Count(manifest.Input.Width, manifest.Input.Height, s))) + " = " : "";
        return Misfit($" but {ModelPackage.ManifestName} declares input {manifest.Input.Width}×{manifest.Input.Height} and strides {string.Join(',', strides)}, which make {terms}{expected} rows, not {rows}. Fix 'input' or 'decoder.strides'.");
    }

    /// <summary>Whoever runs the model hands these on as floats.</summary>
    private static bool IsNumeric(TensorSpec spec) => spec.ElementType is "float32" or "float16" or "int64" or "int32" or "uint8";
}
