namespace EdgeVision.Inference;

/// <summary>What a model says about one of its inputs or outputs.</summary>
/// <param name="Name">In the graph.</param>
/// <param name="ElementType">As "float32".</param>
/// <param name="Dimensions">Batch first; -1 where the graph leaves it open.</param>
public sealed record TensorSpec(string Name, string ElementType, IReadOnlyList<int> Dimensions)
{
    /// <summary>As "float32 [1,3549,124]".</summary>
    public override string ToString() => $"{ElementType} [{string.Join(',', Dimensions.Select(static d => d < 0 ? "?" : d.ToString(System.Globalization.CultureInfo.InvariantCulture)))}]";
}
