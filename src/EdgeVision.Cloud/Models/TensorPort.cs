namespace EdgeVision.Cloud.Models;

/// <summary>An input or output as metadata tells of it.</summary>
/// <param name="Name">Of the graph.</param>
/// <param name="Type">Word of a <see cref="Protocol.TensorType"/>.</param>
/// <param name="Shape">-1 where the graph leaves it open.</param>
internal sealed record TensorPort(string Name, string Type, IReadOnlyList<long> Shape);
