using EdgeVision.Models;
using EdgeVision.Module.Rollout;

namespace EdgeVision.Module;

/// <summary>A model as named in configuration or on the command line, and where it lies.</summary>
/// <param name="Name">A folder, an .onnx file, or NAME or NAME@VERSION of a model in the store.</param>
/// <param name="Manifest">For an .onnx file; a full path, or one that starts where the process does. Null for none.</param>
/// <param name="BaseDirectory">Where a relative path starts.</param>
/// <param name="DataDirectory">Holds the store; null for <see cref="DefaultData"/>.</param>
internal sealed record ModelLocation(string Name, string? Manifest, string BaseDirectory, string? DataDirectory)
{
    /// <summary>Below the base directory.</summary>
    public const string DefaultData = "edgevision-data";

    /// <summary>Null: everybody's models, as many as the disk takes.</summary>
    public ModelStoreOptions? StoreOptions { get; init; }

    /// <summary>A name in the store stays a name, a path starts where the person stands.</summary>
    public static string FromCommandLine(string model) => DownloadAddress.IsAddress(model) || (IsName(model) && !Path.Exists(model)) ? model : Path.GetFullPath(model);

    /// <summary>Models that came with EdgeVision and those that were added to the data folder.</summary>
    public ModelStore Store => new(BundledFiles.Models, Path.Combine(DataDirectory ?? Path.Combine(BaseDirectory, DefaultData), ModelStore.FolderName), StoreOptions);

    /// <summary>The folder or file; a path wins over a name.</summary>
    /// <exception cref="ModelException">There is no such path and no such name.</exception>
    public string Find()
    {
        if (DownloadAddress.IsAddress(Name)) throw new ModelException($"'{(Uri.TryCreate(Name, UriKind.Absolute, out var address) ? DownloadAddress.Show(address) : "The address")}' is not on this machine; a folder, an .onnx file or a name was expected. Bring it here with edgevision model add, then name it.");
        var path = Path.GetFullPath(Name, BaseDirectory);
        if (Path.Exists(path) || !IsName(Name)) return path;
        return Store.Find(Name)?.Folder ?? throw new ModelException(
            $"Model '{path}' does not exist and none of that name is in the store; expected a folder with {ModelPackage.ManifestName}, an .onnx file, or one of {string.Join(", ", Store.Names())}. Correct it, or add the model with edgevision model add.");
    }

    /// <summary>The whole package, verified.</summary>
    /// <exception cref="ModelException">It cannot be used; the message says why and what to do.</exception>
    public ModelPackage Load()
    {
        var package = ModelPackage.Load(Find(), Manifest);
        if (!package.Folder.StartsWith(BundledFiles.Models + Path.DirectorySeparatorChar, StringComparison.Ordinal)) StoreOptions?.Trust.Require(package);
        return package;
    }

    private static bool IsName(string model) => model.AsSpan().IndexOfAny('/', '\\') < 0 && !ModelPackage.IsBare(model);
}
