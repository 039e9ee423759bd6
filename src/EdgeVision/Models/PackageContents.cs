using System.Security.Cryptography;
using System.Text;

namespace EdgeVision.Models;

/// <summary>What a package consists of, as a list that depends on nothing but names and bytes: its sum is the package's identity, and what a signature signs.</summary>
public sealed record PackageContents
{
    /// <summary>Text files that are no part of the model are at most so large.</summary>
    internal const int MaxExtraBytes = 1 << 20;

    /// <summary>Keeps a signature of a package from being one of anything else.</summary>
    private const string Header = "edgevision-model 1\n";

    /// <summary>What must travel with the weights, whoever copies them.</summary>
    private static readonly string[] Extras = ["README", "LICENSE", "LICENCE", "NOTICE", "COPYING"];

    internal PackageContents(IEnumerable<PackageEntry> entries)
    {
        Entries = [.. entries.OrderBy(static e => e.Name, ByteOrder)];
        Text = Header + string.Concat(Entries.Select(static e => $"{e.Sha256}  {e.Name}\n"));
        Digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text)));
    }

    /// <summary>By name, in the order of their UTF-8 bytes. Without the signature.</summary>
    public IReadOnlyList<PackageEntry> Entries { get; }

    /// <summary>The canonical list: a line of its own, then a line a file as <c>sha256sum</c> prints it, each with a line feed. UTF-8.</summary>
    public string Text { get; }

    /// <summary>sha256 of <see cref="Text"/>, lower-case hex: equal packages have equal ones, however they were shipped.</summary>
    public string Digest { get; }

    public long Bytes => Entries.Sum(static e => e.Length);

    private static Comparer<string> ByteOrder { get; } =
        Comparer<string>.Create(static (a, b) => Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b)));

    /// <summary>Reads every file of a package in a folder; a bare file has no contents until it is added or packed.</summary>
    /// <exception cref="ModelException">It is a bare file, or a file cannot be read.</exception>
    public static PackageContents Of(ModelPackage package)
    {
        ArgumentNullException.ThrowIfNull(package);
        return new PackageContents(FilesOf(package).Select(f =>
        {
            using var file = PackageFile.Open(package.Folder, f.Name, f.MaxBytes, f.What);
            try
            {
                return new PackageEntry(f.Name, file.Length, Convert.ToHexStringLower(SHA256.HashData(file)));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new ModelException($"'{file.Name}' cannot be read ({e.Message.TrimEnd('.')}); {f.What} of the model was expected there. Check its permissions and its disk.", e);
            }
        }));
    }

    /// <summary>All that belongs to the package, the signature left out, each with the bound that it is read with.</summary>
    internal static IReadOnlyList<(string Name, long MaxBytes, string What)> FilesOf(ModelPackage package)
    {
        var manifest = package.Manifest;
        if (package.BareManifest is not null)
            throw new ModelException($"'{package.WeightsPath}' is a bare file, a folder with {ModelPackage.ManifestName} was expected. Make it one with edgevision model add, then take it from the data folder.");
        var files = new List<(string Name, long MaxBytes, string What)>
        {
            (ModelPackage.ManifestName, ModelManifest.MaxBytes, "the manifest"),
            (manifest.File, OnnxHeaderReader.MaxFileBytes, "the weights"),
        };
        if (manifest.LabelsFile is { } labels) files.Add((labels, ModelLabels.MaxBytes, "the labels"));
        files.AddRange(manifest.Golden.Select(static g => (g.Picture, (long)GoldenSample.MaxPictureBytes, "a golden picture")));
        if (files.Any(static f => f.Name.Equals(PackageSignature.FileName, StringComparison.OrdinalIgnoreCase)))
            throw new ModelException($"{ModelPackage.ManifestName} names '{PackageSignature.FileName}' as one of its files; that name is the signature's. Rename the file.");
        files.AddRange(ExtrasOf(package.Folder));
        return [.. files.DistinctBy(static f => f.Name)];
    }

    private static IEnumerable<(string Name, long MaxBytes, string What)> ExtrasOf(string folder)
    {
        try
        {
            return [.. new DirectoryInfo(folder).EnumerateFiles()
                .Where(static f => Extras.Any(e => f.Name.StartsWith(e, StringComparison.OrdinalIgnoreCase)) && f.Length > 0 && ModelManifest.FileName(f.Name) is null)
                .Select(static f => (f.Name, (long)MaxExtraBytes, "a text"))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"The folder '{folder}' of the model cannot be read ({e.Message.TrimEnd('.')}); one that this user may read was expected. Check its permissions.", e);
        }
    }
}
