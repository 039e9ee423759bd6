namespace EdgeVision.Models;

/// <summary>An input or output as the graph declares it.</summary>
/// <param name="Name">In the graph.</param>
/// <param name="ElementType">As "float32"; "sequence", "map", … for what is no tensor.</param>
/// <param name="Dimensions">Batch first; null where the graph says nothing of the shape.</param>
public sealed record OnnxValue(string Name, string ElementType, IReadOnlyList<OnnxDimension>? Dimensions)
{
    /// <summary>As "float32 [batch,3,416,416]".</summary>
    public string Type => Dimensions is null ? ElementType : $"{ElementType} [{string.Join(',', Dimensions)}]";

    /// <summary>The size of a dimension; null when it is open, or there is none.</summary>
    public long? Size(int dimension) => Dimensions is not null && dimension < Dimensions.Count ? Dimensions[dimension].Size : null;

    /// <summary>As "images float32 [batch,3,416,416]".</summary>
    public override string ToString() => $"{Name} {Type}";
}
