using System.Text.Json.Nodes;

namespace EdgeVision.Models;

/// <summary>A family that a graph's outputs may belong to.</summary>
/// <param name="Family">Word of model.json.</param>
/// <param name="Labels">How many labels the shapes leave room for; null when they do not say.</param>
/// <param name="Why">What in the graph says so, as "rows of strides 8,16,32 and 5 + 80 columns".</param>
internal sealed record FamilyGuess(string Family, int? Labels, string Why)
{
    /// <summary>Keys of model.json:decoder that follow from the shapes.</summary>
    public JsonObject? Decoder { get; init; }

    /// <summary>Names of outputs that only this family has: pictures are prepared in one way only.</summary>
    public bool IsUnmistakable { get; init; }
}
