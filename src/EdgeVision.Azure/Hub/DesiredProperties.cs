using System.Text.Json.Nodes;

namespace EdgeVision.Azure.Hub;

/// <summary>What the hub wants, whole.</summary>
/// <param name="Properties">Without <c>$version</c> and its like; the receiver's own.</param>
/// <param name="Version">Of these; rises with each change.</param>
public sealed record DesiredProperties(JsonObject Properties, long Version);
