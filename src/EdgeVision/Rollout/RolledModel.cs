namespace EdgeVision.Rollout;

/// <summary>A model that a rollout put into the store.</summary>
/// <param name="Name">In the store.</param>
/// <param name="Version">In the store.</param>
/// <param name="Sha256">Of its weights.</param>
public sealed record RolledModel(string Name, string Version, string Sha256)
{
    /// <summary>As the key <c>Model</c> names it.</summary>
    public string Reference => $"{Name}@{Version}";
}
