using System.Globalization;

namespace EdgeVision.Models;

/// <summary>One dimension of a graph's input or output.</summary>
/// <param name="Size">Null where the graph leaves it open.</param>
/// <param name="Symbol">The graph's word for an open one, as "batch"; null where it has none.</param>
public readonly record struct OnnxDimension(long? Size, string? Symbol)
{
    /// <summary>As "640", "batch" or "?".</summary>
    public override string ToString() => Size?.ToString(CultureInfo.InvariantCulture) ?? Symbol ?? "?";
}
