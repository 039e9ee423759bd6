using System.Security.Cryptography;
using EdgeVision.Models;
using EdgeVision.Rollout;

namespace EdgeVision.Module.Rollout;

/// <summary>Brings the model that a rollout names into the store.</summary>
internal static class ModelSource
{
    /// <summary>What the source names on this machine: a file or folder. The other is a sentence.</summary>
    public static async Task<(string? Path, string? Refusal)> FetchAsync(RolloutOptions options, Settings settings, CancellationToken stopping)
    {
        await Task.CompletedTask;
        stopping.ThrowIfCancellationRequested();
        try
        {
            return ((settings.Model with { Name = options.Source, Manifest = null }).Find(), null);
        }
        catch (ModelException e)
        {
            return (null, e.Message);
        }
    }

    /// <summary>Verified and in the store, which it may have been before. The other is a sentence.</summary>
    public static (RolledModel? Model, string? Refusal) Take(RolloutOptions options, string path, Settings settings)
    {
        try
        {
            var package = ModelPackage.Load(path);
            if (Sum(path, package) is var sum && options.Sha256 is { } wanted && !sum.Equals(wanted, StringComparison.OrdinalIgnoreCase))
                return (null, $"Its sha256 is {sum}, {wanted} was expected (Sha256): another file lies there.");
            if (settings.ClassMistakes(package.Identity) is { Count: > 0 } wrong) return (null, string.Join(" ", wrong));
            var (name, version) = (package.Manifest.Name, package.Manifest.Version);
            var store = settings.Model.Store;
            var there = store.Find($"{name}@{version}");
            if (there is null) store.Add(package);
            else if (ModelPackage.Load(there.Folder).Manifest.Sha256 != package.Manifest.Sha256)
                return (null, $"The store has another model {name}@{version}; give the new one another version.");
            return (new RolledModel(name, version, package.Manifest.Sha256), null);
        }
        catch (ModelException e)
        {
            return (null, e.Message);
        }
    }

    /// <summary>Of the file, and of a folder or a name its weights'.</summary>
    private static string Sum(string path, ModelPackage package)
    {
        if (!File.Exists(path)) return package.Manifest.Sha256;
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
