using System.Buffers;
using System.Text.Json;

namespace EdgeVision.Models;

/// <summary>
/// The models a node has: those that came with it, and those added, each in <c>NAME/VERSION/</c>. A folder appears there whole or not at
/// all, so a process that is killed leaves nothing half. Several processes may use it at once.
/// </summary>
/// <param name="bundledFolder">A package in each of its folders.</param>
/// <param name="folder">Of the added ones; made with the first.</param>
public sealed class ModelStore(string bundledFolder, string folder)
{
    private readonly string _folder = Path.GetFullPath(folder);

    /// <summary>Of the store in the data folder.</summary>
    public const string FolderName = "models";

    /// <summary>Begins what is being copied or removed; names of models do not begin with a dot.</summary>
    private const string Unfinished = ".unfinished-";

    private const int MaxExtraBytes = 1 << 20;

    private static readonly SearchValues<char> FolderCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-");

    /// <summary>What must travel with the weights, whoever copies them.</summary>
    private static readonly string[] Extras = ["README", "LICENSE", "LICENCE", "NOTICE", "COPYING"];

    /// <summary>By name, newest version first, bundled ones before added ones. Folders that are no model are left out.</summary>
    public IReadOnlyList<StoredModel> List()
    {
        var models = new List<StoredModel>();
        foreach (var package in Folders(bundledFolder))
        {
            if (Bundled(package) is { } bundled) models.Add(bundled);
        }

        foreach (var name in Folders(_folder).Where(static f => IsFolderName(Path.GetFileName(f))))
        {
            models.AddRange(Folders(name).Where(static v => IsFolderName(Path.GetFileName(v)) && File.Exists(Path.Combine(v, ModelPackage.ManifestName)))
                .Select(v => new StoredModel(Path.GetFileName(name), Path.GetFileName(v), v, IsBundled: false)));
        }

        return [.. models.OrderBy(static m => m.Name, StringComparer.Ordinal).ThenByDescending(static m => m.IsBundled).ThenByDescending(static m => m.Version, VersionOrder.Instance)];
    }

    /// <summary>Of NAME the newest version, of NAME@VERSION that one; of equal ones the bundled. Null when there is none.</summary>
    public StoredModel? Find(string reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        var (name, version) = reference.LastIndexOf('@') is var at and >= 0 ? (reference[..at], reference[(at + 1)..]) : (reference, null);
        return List().Where(m => m.Name == name && (version is null || m.Version == version))
            .OrderByDescending(static m => m.Version, VersionOrder.Instance).ThenByDescending(static m => m.IsBundled).FirstOrDefault();
    }

    /// <summary>Every name once.</summary>
    public IReadOnlyList<string> Names() => [.. List().Select(static m => m.Name).Distinct()];

    /// <summary>Copies a verified package, its licence and notice with it, and verifies the copy.</summary>
    /// <exception cref="ModelException">It is there already, cannot be stored under its name, or cannot be copied.</exception>
    public StoredModel Add(ModelPackage package)
    {
        ArgumentNullException.ThrowIfNull(package);
        var (name, version) = (package.Manifest.Name, package.Manifest.Version);
        foreach (var (key, value) in new[] { ("name", name), ("version", version) })
        {
            if (!IsFolderName(value))
                throw new ModelException($"The {key} '{value}' cannot name a folder in the store; expected letters, digits, '.', '_', '+' and '-', no dot first. Change '{key}' in {ModelPackage.ManifestName}.");
        }

        if (Find($"{name}@{version}") is { } there)
            throw new ModelException($"The store has {there} already, in '{there.Folder}'; nothing was changed. Give the new one another version, or remove that one first.");
        var target = Path.Combine(_folder, name, version);
        var copy = Path.Combine(_folder, Unfinished + Guid.NewGuid().ToString("N"));
        try
        {
            Directory.CreateDirectory(copy);
            Copy(package, copy);
            _ = ModelPackage.Load(copy);
            Directory.CreateDirectory(Path.Combine(_folder, name));
            Directory.Move(copy, target);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"Model {name}@{version} cannot be copied to '{target}' ({e.Message.TrimEnd('.')}); a folder with room that this user may write to was expected. Name another with --data.", e);
        }
        finally
        {
            Discard(copy);
        }

        return new StoredModel(name, version, target, IsBundled: false);
    }

    /// <summary>Takes an added model out of the store.</summary>
    /// <exception cref="ModelException">It came with EdgeVision, or cannot be removed.</exception>
    public void Remove(StoredModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.IsBundled) throw new ModelException($"Model {model} came with EdgeVision and cannot be removed; only added models can. Leave it: nothing uses it unless it is named.");
        var gone = Path.Combine(_folder, Unfinished + Guid.NewGuid().ToString("N"));
        try
        {
            Directory.Move(model.Folder, gone);
            Discard(gone);
            if (Folders(Path.GetDirectoryName(model.Folder)!).Length == 0) Directory.Delete(Path.GetDirectoryName(model.Folder)!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"Model {model} cannot be removed from '{model.Folder}' ({e.Message.TrimEnd('.')}); a folder that this user may write to was expected. Check its permissions.", e);
        }
    }

    private static StoredModel? Bundled(string package)
    {
        try
        {
            var json = PackageFile.ReadAll(package, ModelPackage.ManifestName, ModelManifest.MaxBytes, "the manifest");
            var manifest = ModelManifest.Parse(json, package);
            return new StoredModel(manifest.Name, manifest.Version, package, IsBundled: true);
        }
        catch (ModelException)
        {
            return null;
        }
    }

    private static void Copy(ModelPackage package, string target)
    {
        var manifest = package.Manifest;
        if (package.BareManifest is { } bare) WriteManifest(bare, Path.Combine(target, ModelPackage.ManifestName));
        else CopyFile(package.Folder, ModelPackage.ManifestName, target, ModelManifest.MaxBytes, "the manifest");
        using (var weights = package.OpenWeights()) Write(weights, Path.Combine(target, manifest.File));
        if (manifest.LabelsFile is { } labels) CopyFile(package.Folder, labels, target, ModelLabels.MaxBytes, "the labels");
        foreach (var picture in manifest.Golden.Select(static g => g.Picture).Distinct()) CopyFile(package.Folder, picture, target, GoldenSample.MaxPictureBytes, "a golden picture");
        if (package.BareManifest is not null) return;
        foreach (var extra in Directory.EnumerateFiles(package.Folder).Select(static f => Path.GetFileName(f)!))
        {
            var isExtra = Extras.Any(e => extra.StartsWith(e, StringComparison.OrdinalIgnoreCase)) && !File.Exists(Path.Combine(target, extra));
            if (isExtra && new FileInfo(Path.Combine(package.Folder, extra)).Length > 0) CopyFile(package.Folder, extra, target, MaxExtraBytes, "a text");
        }
    }

    private static void CopyFile(string from, string name, string to, long maxBytes, string what)
    {
        if (File.Exists(Path.Combine(to, name))) return;
        using var file = PackageFile.Open(from, name, maxBytes, what);
        Write(file, Path.Combine(to, name));
    }

    private static void WriteManifest(System.Text.Json.Nodes.JsonObject manifest, string path)
    {
        using var file = new FileStream(path, FileMode.CreateNew);
        using (var json = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping })) manifest.WriteTo(json);
        file.Write("\n"u8);
        file.Flush(flushToDisk: true);
    }

    /// <summary>On disk before the folder gets its name: after a power cut a model is whole or absent.</summary>
    private static void Write(Stream from, string path)
    {
        using var file = new FileStream(path, FileMode.CreateNew);
        from.CopyTo(file);
        file.Flush(flushToDisk: true);
    }

    /// <summary>What is left behind under such a name is in nobody's way.</summary>
    private static void Discard(string path)
    {
        try
        {
            if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    private static string[] Folders(string path)
    {
        try
        {
            return Directory.Exists(path) ? Directory.GetDirectories(path) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"The folder '{path}' of the model store cannot be read ({e.Message.TrimEnd('.')}); one that this user may read was expected. Check its permissions.", e);
        }
    }

    private static bool IsFolderName(string name) => name.Length is > 0 and <= 100 && name[0] != '.' && !name.AsSpan().ContainsAnyExcept(FolderCharacters);
}
