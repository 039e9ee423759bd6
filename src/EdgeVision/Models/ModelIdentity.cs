namespace EdgeVision.Models;

/// <summary>Which model said something.</summary>
/// <param name="Name">From the manifest.</param>
/// <param name="Version">From the manifest.</param>
/// <param name="Sha256">Of the weights file, lower-case hex.</param>
/// <param name="Labels">Label of each class id.</param>
public sealed record ModelIdentity(string Name, string Version, string Sha256, IReadOnlyList<string> Labels);
