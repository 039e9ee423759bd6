using System.Security.Cryptography;

namespace EdgeVision.Models;

/// <summary>A package in one file, <c>NAME.evmodel</c>: a zip archive of the files that lie in a package's folder, side by side.</summary>
public static class PackageArchive
{
    public const string Extension = ".evmodel";

    /// <summary>Weights of 2 GB, and what lies beside them.</summary>
    public const long MaxBytes = 3L << 30;

    /// <summary>True for the name of an archive.</summary>
    public static bool IsArchive(string path) => Path.GetExtension(path).Equals(Extension, StringComparison.OrdinalIgnoreCase) && !Directory.Exists(path);

    /// <summary>Writes a verified package; equal packages give equal bytes, but for a signature, which has chance in it. A file that is there is replaced.</summary>
    /// <param name="package">In a folder.</param>
    /// <param name="path">Of the archive.</param>
    /// <param name="key">Signs; on P-256. Null keeps a signature that is there and still holds its own.</param>
    /// <exception cref="ModelException">It cannot be read or written.</exception>
    public static PackageContents Pack(ModelPackage package, string path, ECDsa? key)
    {
        ArgumentNullException.ThrowIfNull(package);
        var unfinished = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            PackageContents contents;
            using (var file = new FileStream(unfinished, FileMode.CreateNew))
            {
                contents = Write(package, file, key);
                file.Flush(flushToDisk: true);
            }

            File.Move(unfinished, path, overwrite: true);
            return contents;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"The package '{path}' cannot be written ({e.Message.TrimEnd('.')}); a place with room that this user may write to was expected. Name another with --output.", e);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    /// <summary>Writes the archive's files into an empty folder. They are a package only once that is loaded.</summary>
    /// <exception cref="ModelException">It is no archive of a package, is damaged, or would have more than <paramref name="maxBytes"/>.</exception>
    public static void Unpack(string path, string folder, long maxBytes, CancellationToken stopping)
    {
        using var file = PackageFile.Open(path, MaxBytes, "the package");
        try
        {
            var zip = new ZipReader(file, path);
            var items = zip.ReadDirectory(Math.Min(maxBytes, MaxBytes));
            if (!items.Any(static i => i.Name == ModelPackage.ManifestName))
                throw new ModelException($"'{path}' holds no {ModelPackage.ManifestName}; a package made by edgevision model pack was expected. Make it with that.");
            foreach (var item in items)
            {
                stopping.ThrowIfCancellationRequested();
                using var target = new FileStream(Path.Combine(folder, item.Name), FileMode.CreateNew);
                zip.CopyTo(item, target);
            }
        }
        catch (EndOfStreamException e)
        {
            throw new ModelException($"'{path}' became shorter while it was read; a file that nobody writes was expected. Try again when it is whole.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"'{path}' cannot be unpacked into '{folder}' ({e.Message.TrimEnd('.')}); a folder with room that this user may write to was expected. Make room, or name another data folder.", e);
        }
    }

    private static PackageContents Write(ModelPackage package, FileStream target, ECDsa? key)
    {
        var zip = new ZipWriter(target);
        var entries = new List<PackageEntry>();
        foreach (var (name, maxBytes, what) in PackageContents.FilesOf(package).OrderBy(static f => f.Name, StringComparer.Ordinal))
        {
            using var file = PackageFile.Open(package.Folder, name, maxBytes, what);
            entries.Add(zip.Add(name, file));
        }

        var contents = new PackageContents(entries);
        if (contents.Bytes > MaxBytes) throw new ModelException($"The package has {contents.Bytes} bytes; at most {MaxBytes} are taken. Leave golden pictures out.");
        if ((key is null ? PackageSignature.Find(package.Folder) : PackageSignature.Sign(contents, key)) is { } signature)
            zip.Add(PackageSignature.FileName, new MemoryStream(signature.ToJson()));
        zip.Finish();
        return contents;
    }
}
