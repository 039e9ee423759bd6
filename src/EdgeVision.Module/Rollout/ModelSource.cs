using EdgeVision.Models;
using EdgeVision.Rollout;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Module.Rollout;

/// <summary>Brings the model that a rollout names into the store.</summary>
internal static class ModelSource
{
    /// <summary>What the source names, on this machine: fetched and unpacked when it must be.</summary>
    public static async Task<FetchResult> FetchAsync(RolloutOptions options, Settings settings, TimeProvider time, ILogger log, CancellationToken stopping)
    {
        var location = settings.Model with { Name = options.Source, Manifest = null };
        try
        {
            if (!DownloadAddress.IsAddress(options.Source) && !PackageArchive.IsArchive(Path.GetFullPath(options.Source, settings.Options.BaseDirectory))) return FetchResult.Of(new FetchedModel(location.Find()));
        }
        catch (ModelException e)
        {
            return FetchResult.Failed(e.Message);
        }

        var source = DownloadAddress.IsAddress(options.Source) ? options.Source : Path.GetFullPath(options.Source, settings.Options.BaseDirectory);
        return await new ModelSources(location.Store, settings.Options.Models, time, log).FetchAsync(source, options.Sha256, null, stopping);
    }

    /// <summary>Verified and in the store, which it may have been before. The other is a sentence.</summary>
    /// <param name="options">The rollout.</param>
    /// <param name="fetched">What it names.</param>
    /// <param name="settings">In force.</param>
    /// <param name="keep">Models that stay in the store, whatever room the new one needs.</param>
    public static (RolledModel? Model, string? Refusal) Take(RolloutOptions options, FetchedModel fetched, Settings settings, IReadOnlyCollection<string> keep)
    {
        try
        {
            var package = ModelPackage.Load(fetched.Path);
            // A file's sum was compared when it came; a folder or a name has none but its weights'.
            if (fetched.Owned.Count == 0 && options.Sha256 is { } wanted && !package.Manifest.Sha256.Equals(wanted, StringComparison.OrdinalIgnoreCase))
                return (null, $"Its sha256 is {package.Manifest.Sha256}, {wanted} was expected (Sha256): another file lies there.");
            if (settings.ClassMistakes(package.Identity) is { Count: > 0 } wrong) return (null, string.Join(" ", wrong));
            var stored = settings.Model.Store.Add(package, keep);
            return (new RolledModel(stored.Name, stored.Version, package.Manifest.Sha256), null);
        }
        catch (ModelException e)
        {
            return (null, e.Message);
        }
    }
}
