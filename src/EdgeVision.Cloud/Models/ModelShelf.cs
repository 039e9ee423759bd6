using EdgeVision.Models;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Cloud.Models;

/// <summary>All models of the folder. Those that cannot be used are told and left out: the others are served.</summary>
internal sealed partial class ModelShelf : IDisposable
{
    private readonly List<ServedModel> _models = [];

    /// <summary>Opens all, which takes its time.</summary>
    public static ModelShelf Open(CloudOptions options, TimeProvider time, ILogger log)
    {
        var shelf = new ModelShelf();
        foreach (var folder in Packages(options.Models))
        {
            try
            {
                var package = ModelPackage.Load(folder);
                if (shelf.Find(package.Manifest.Name, package.Manifest.Version, out _) is not null) Twice(log, folder, package.Manifest.Name, package.Manifest.Version);
                else shelf._models.Add(new ServedModel(package, options, time, log));
            }
            catch (ModelException e)
            {
                NotServed(log, folder, e.Message);
            }
        }

        shelf._models.Sort(static (a, b) => a.Name != b.Name ? string.CompareOrdinal(a.Name, b.Name) : VersionOrder.Instance.Compare(b.Version, a.Version));
        return shelf;
    }

    /// <summary>By name, newest version first.</summary>
    public IReadOnlyList<ServedModel> Models => _models;

    /// <summary>The newest of a name, or that version; <paramref name="images"/> when it is asked by pictures. Null when there is none.</summary>
    public ServedModel? Find(string name, string? version, out bool images)
    {
        images = false;
        if (Named(name, version) is { } exact) return exact;
        images = name.EndsWith(ServedModel.Detect, StringComparison.Ordinal);
        return images ? Named(name[..^ServedModel.Detect.Length], version) : null;
    }

    public IReadOnlyList<string> VersionsOf(string name) => [.. _models.Where(m => m.Name == name).Select(static m => m.Version)];

    public void Dispose()
    {
        foreach (var model in _models) model.Dispose();
    }

    private ServedModel? Named(string name, string? version) => _models.Find(m => m.Name == name && (version is null || m.Version == version));

    private static IEnumerable<string> Packages(string folder)
    {
        if (IsPackage(folder)) return [folder];
        if (!Directory.Exists(folder)) return [];
        return Directory.GetDirectories(folder).Order(StringComparer.Ordinal)
            .SelectMany(static f => IsPackage(f) ? (string[])[f] : [.. Directory.GetDirectories(f).Where(IsPackage).Order(StringComparer.Ordinal)]);
    }

    private static bool IsPackage(string folder) => File.Exists(Path.Combine(folder, ModelPackage.ManifestName));

    [LoggerMessage(EventIds.CloudModelNotServed, LogLevel.Error, "The model in '{Folder}' is not served: {Sentence}")]
    private static partial void NotServed(ILogger log, string folder, string sentence);

    [LoggerMessage(EventIds.CloudModelTwice, LogLevel.Warning, "The model in '{Folder}' is {Model}@{Version}, which another folder has, too; that one is served.")]
    private static partial void Twice(ILogger log, string folder, string model, string version);
}
