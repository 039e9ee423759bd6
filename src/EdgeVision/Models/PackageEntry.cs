namespace EdgeVision.Models;

/// <summary>A file of a package.</summary>
/// <param name="Name">A plain file name.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Sha256">Lower-case hex.</param>
public sealed record PackageEntry(string Name, long Length, string Sha256);
