namespace EdgeVision.Models;

/// <summary>A model in the store.</summary>
/// <param name="Name">Of the model.</param>
/// <param name="Version">Of the package.</param>
/// <param name="Folder">Full path.</param>
/// <param name="IsBundled">Came with EdgeVision and cannot be removed.</param>
public sealed record StoredModel(string Name, string Version, string Folder, bool IsBundled)
{
    /// <summary>As "nanodet-g-416@1.0.0".</summary>
    public override string ToString() => $"{Name}@{Version}";
}
