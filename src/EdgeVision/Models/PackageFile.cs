namespace EdgeVision.Models;

/// <summary>
/// Opens the files of a model, which came from somebody else: only regular files of a bearable size that really lie in the package.
/// </summary>
internal static class PackageFile
{
    /// <summary>Links may point anywhere inside the package, as Kubernetes mounts them, and nowhere else.</summary>
    /// <param name="folder">Full path of the package.</param>
    /// <param name="name">A plain file name.</param>
    /// <param name="maxBytes">Larger files are refused unread.</param>
    /// <param name="what">Completes "… of the model was expected there".</param>
    /// <exception cref="ModelException">Missing, unreadable, too large, no regular file, or outside the package.</exception>
    public static FileStream Open(string folder, string name, long maxBytes, string what)
    {
        var path = Path.Combine(folder, name);
        try
        {
            if (File.ResolveLinkTarget(path, returnFinalTarget: true) is { } target && !IsInside(target.FullName, RealPath(folder)))
                throw new ModelException($"'{path}' is a link to '{target.FullName}', outside the package; {what} of the model was expected in its folder. Copy the file there.");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Missing(path, what, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, what, e);
        }

        return Open(path, maxBytes, what);
    }

    /// <summary>A file that a person named: it may lie anywhere.</summary>
    public static FileStream Open(string path, long maxBytes, string what)
    {
        try
        {
            var file = new FileInfo(path);
            if (Directory.Exists(path)) throw new ModelException($"'{path}' is a folder and cannot be read; {what} of the model was expected there. Name the file.");
            if (!file.Exists) throw Missing(path, what, null);

            // Devices and pipes have no length; opening one could wait forever.
            var length = file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target ? target.Length : file.Length;
            if (length == 0) throw new ModelException($"'{path}' is empty, or a pipe or device; {what} of the model was expected there. Copy the whole package.");
            if (length > maxBytes) throw new ModelException($"'{path}' has {length} bytes; {what} of a model has at most {maxBytes}. Is it the right file?");
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Missing(path, what, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw Unreadable(path, what, e);
        }
    }

    /// <summary>The whole file.</summary>
    public static byte[] ReadAll(string folder, string name, int maxBytes, string what)
    {
        using var stream = Open(folder, name, maxBytes, what);
        return ReadAll(stream, maxBytes, what);
    }

    /// <summary>The whole file, wherever it lies.</summary>
    public static byte[] ReadAll(string path, int maxBytes, string what)
    {
        using var stream = Open(path, maxBytes, what);
        return ReadAll(stream, maxBytes, what);
    }

    private static byte[] ReadAll(FileStream stream, int maxBytes, string what)
    {
        try
        {
            // It may grow while it is read; what was promised to be small stays so.
            var bytes = new byte[Math.Min(stream.Length, maxBytes)];
            return bytes[..stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(stream.Name, what, e);
        }
    }

    private static bool IsInside(string path, string folder) =>
        RealPath(Path.GetDirectoryName(path)!) is var parent && (parent == folder || parent.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal));

    /// <summary>A folder's path with the links on its way resolved.</summary>
    private static string RealPath(string folder)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (Path.GetDirectoryName(full) is not { } parent) return full;
        var real = Path.Combine(RealPath(parent), Path.GetFileName(full));
        return Directory.ResolveLinkTarget(real, returnFinalTarget: true) is { } target ? Path.TrimEndingDirectorySeparator(target.FullName) : real;
    }

    private static ModelException Missing(string path, string what, Exception? e) =>
        new($"'{path}' does not exist; {what} of the model was expected there. Copy the whole package.", e);

    private static ModelException Unreadable(string path, string what, Exception e) =>
        new($"'{path}' cannot be read ({e.Message.TrimEnd('.')}); {what} of the model was expected there. Check its permissions and its disk.", e);
}
