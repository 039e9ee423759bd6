using System.Buffers;
using System.Text.Json;

namespace EdgeVision.Models;

/// <summary>
/// The models a node has: those that came with it, and those added, each in <c>NAME/VERSION/</c>. A folder appears there whole or not at
/// all, so a process that is killed leaves nothing half. Several processes may use it at once.
/// </summary>
/// <param name="bundledFolder">A package in each of its folders.</param>
/// <param name="folder">Of the added ones; made with the first.</param>
/// <param name="options">Null: everybody's models, as many as the disk takes.</param>
/// <param name="time">Stamps what is used; null for the system's.</param>
public sealed partial class ModelStore(string bundledFolder, string folder, ModelStoreOptions? options = null, TimeProvider? time = null)
{
    private readonly string _folder = Path.GetFullPath(folder);

    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <summary>Of the store in the data folder.</summary>
    public const string FolderName = "models";

    /// <summary>Begins what is being copied or removed; names of models do not begin with a dot.</summary>
    private const string Unfinished = ".unfinished-";

    /// <summary>Of a file beside what is being copied, open as long as somebody copies.</summary>
    private const string LockSuffix = ".lock";

    /// <summary>In a stored model's folder: the digest of its contents.</summary>
    private const string DigestName = ".digest";

    private static readonly SearchValues<char> FolderCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-");

    /// <summary>Full path of the added models.</summary>
    public string Folder => _folder;

    /// <summary>Whose models are taken.</summary>
    public PackageTrust Trust => options?.Trust ?? PackageTrust.Everybody;

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

    /// <summary>
    /// Copies a verified package, its licence and notice with it, and verifies the copy, its signature too. The very same again changes
    /// nothing and is answered with what is there. Older models may go to make room, but none of
    /// <paramref name="keep"/> (NAME@VERSION each).
    /// </summary>
    /// <exception cref="ModelException">Another is there under its name, it cannot be stored under that, is not signed as it must be, does not fit, or cannot be copied.</exception>
    public StoredModel Add(ModelPackage package, IReadOnlyCollection<string>? keep = null)
    {
        ArgumentNullException.ThrowIfNull(package);
        var (name, version) = (package.Manifest.Name, package.Manifest.Version);
        foreach (var (key, value) in new[] { ("name", name), ("version", version) })
        {
            if (!IsFolderName(value))
                throw new ModelException($"The {key} '{value}' cannot name a folder in the store; expected letters, digits, '.', '_', '+' and '-', no dot first. Change '{key}' in {ModelPackage.ManifestName}.");
        }

        var target = Path.Combine(_folder, name, version);
        var copy = Path.Combine(_folder, Unfinished + Guid.NewGuid().ToString("N"));
        try
        {
            Directory.CreateDirectory(_folder);
            using var copying = new FileStream(copy + LockSuffix, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
            Directory.CreateDirectory(copy);
            Copy(package, copy);
            var copied = ModelPackage.Load(copy);
            Trust.Require(copied);
            return Place(copy, new StoredModel(name, version, target, IsBundled: false), PackageContents.Of(copied), keep ?? []);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"Model {name}@{version} cannot be copied to '{target}' ({e.Message.TrimEnd('.')}); a folder with room that this user may write to was expected. Name another with --data.", e);
        }
        finally
        {
            Discard(copy);
            Forget(copy);
        }
    }

    /// <summary>Unpacks a package of one file beside the models, as long as the caller keeps what it gets.</summary>
    /// <exception cref="ModelException">It is none, is damaged, too large, or there is no room.</exception>
    public UnpackedModel Unpack(string archive, CancellationToken stopping)
    {
        var copy = Path.Combine(_folder, Unfinished + Guid.NewGuid().ToString("N"));
        UnpackedModel? unpacked = null;
        try
        {
            Directory.CreateDirectory(_folder);
            var copying = new FileStream(copy + LockSuffix, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
            unpacked = new UnpackedModel(copy, copying);
            Directory.CreateDirectory(copy);
            PackageArchive.Unpack(archive, copy, options?.MaxBytes ?? PackageArchive.MaxBytes, stopping);
            return unpacked;
        }
        catch (Exception e)
        {
            unpacked?.Dispose();
            if (e is not (IOException or UnauthorizedAccessException)) throw;
            throw new ModelException($"'{archive}' cannot be unpacked into '{_folder}' ({e.Message.TrimEnd('.')}); a folder with room that this user may write to was expected. Name another with --data.", e);
        }
    }

    /// <summary>The digest of a model's contents: noted when it was added, computed for a bundled one.</summary>
    /// <exception cref="ModelException">It cannot be read.</exception>
    public static string DigestOf(StoredModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var noted = Path.Combine(model.Folder, DigestName);
        return !model.IsBundled && File.Exists(noted) && System.Text.Encoding.ASCII.GetString(PackageFile.ReadAll(noted, 100, "the digest")).Trim() is { Length: 64 } digest
            ? digest
            : PackageContents.Of(ModelPackage.Read(model.Folder)).Digest;
    }

    /// <summary>Reads every file of the model again.</summary>
    /// <exception cref="ModelException">It is not what was added, or not signed as it must be.</exception>
    public ModelPackage Load(StoredModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var package = ModelPackage.Load(model.Folder);
        if (model.IsBundled) return package;
        Trust.Require(package);
        var (expected, actual) = (DigestOf(model), PackageContents.Of(package).Digest);
        if (actual != expected)
            throw new ModelException($"Model {model} in '{model.Folder}' was changed after it was added: its digest is {actual}, {expected} was expected. Remove it and add it again.");
        return package;
    }

    /// <summary>Takes an added model out of the store; one with a mark only when asked to, for a node that has ended leaves its marks.</summary>
    /// <exception cref="ModelException">It came with EdgeVision, has a mark, or cannot be removed.</exception>
    public void Remove(StoredModel model, bool evenMarked = false)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.IsBundled) throw new ModelException($"Model {model} came with EdgeVision and cannot be removed; only added models can. Leave it: nothing uses it unless it is named.");
        using var held = StoreLock.Take(_folder);
        if (!evenMarked && ReadMarks().FirstOrDefault(m => m.Value == model.ToString()) is { Value: not null } marked)
        {
            var why = marked.Key switch { ModelMark.InUse => "in use", ModelMark.LastGood => "the last good one, which the node goes back to", _ => "about to be used" };
            throw new ModelException($"Model {model} is {why}, so it stays. Let the node use another first.");
        }

        Take(model);
    }

    /// <summary>Under its name, whole, or not at all.</summary>
    private StoredModel Place(string copy, StoredModel model, PackageContents contents, IReadOnlyCollection<string> keep)
    {
        Write(new MemoryStream(System.Text.Encoding.ASCII.GetBytes(contents.Digest + "\n")), Path.Combine(copy, DigestName));
        using var held = StoreLock.Take(_folder);
        if (Find(model.ToString()) is { } there)
        {
            if (DigestOf(there) is var digest && digest == contents.Digest) return there;
            throw new ModelException($"The store has {there} already, in '{there.Folder}', with other contents (digest {digest}, this one has {contents.Digest}); nothing was changed. Give the new one another version, or remove that one first.");
        }

        MakeRoom(BytesOf(copy), model.ToString(), keep);
        Directory.CreateDirectory(Path.GetDirectoryName(model.Folder)!);
        Directory.SetLastWriteTimeUtc(copy, _time.GetUtcNow().UtcDateTime);
        Directory.Move(copy, model.Folder);
        return model;
    }

    private void Take(StoredModel model)
    {
        var gone = Path.Combine(_folder, Unfinished + Guid.NewGuid().ToString("N"));
        try
        {
            Directory.Move(model.Folder, gone);
            Discard(gone);
            if (Directory.GetFileSystemEntries(Path.GetDirectoryName(model.Folder)!).Length == 0) Directory.Delete(Path.GetDirectoryName(model.Folder)!);
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
        if (package.BareManifest is { } bare)
        {
            WriteManifest(bare, Path.Combine(target, ModelPackage.ManifestName));
            using var weights = package.OpenWeights();
            Write(weights, Path.Combine(target, package.Manifest.File));
            foreach (var picture in package.Manifest.Golden.Select(static g => g.Picture).Distinct()) CopyFile(package.Folder, picture, target, GoldenSample.MaxPictureBytes, "a golden picture");
            return;
        }

        foreach (var (name, maxBytes, what) in PackageContents.FilesOf(package)) CopyFile(package.Folder, name, target, maxBytes, what);
        if (File.Exists(Path.Combine(package.Folder, PackageSignature.FileName))) CopyFile(package.Folder, PackageSignature.FileName, target, PackageSignature.MaxBytes, "the signature");
    }

    private static void CopyFile(string from, string name, string to, long maxBytes, string what)
    {
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

    /// <summary>The lock file of what was copied.</summary>
    private static void Forget(string copy)
    {
        try
        {
            File.Delete(copy + LockSuffix);
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
