namespace EdgeVision.Module;

/// <summary>
/// The folder that holds what must survive: the outbox, later models and the last twin. One process at a time: the lock is the kernel's
/// and falls with the process, however that ends.
/// </summary>
internal sealed class DataFolder : IDisposable
{
    /// <summary>EAGAIN: flock says that another process has it. The same number on x64 and arm64.</summary>
    private const int LockedByAnother = 11;

    private readonly FileStream _lock;
    private readonly bool _temporary;

    private DataFolder(string path, FileStream lockFile, bool temporary) => (Path, _lock, _temporary) = (path, lockFile, temporary);

    public string Path { get; }

    /// <summary>For what is faster to keep than to make again and may be lost; null where nothing is kept.</summary>
    public string? Cache => _temporary ? null : System.IO.Path.Combine(Path, "cache");

    /// <summary>
    /// A new one for this user alone, deleted on disposal. Not a name that others can foresee: in a shared /tmp they could lay links there.
    /// </summary>
    /// <exception cref="CommandException">It cannot be made.</exception>
    public static DataFolder OpenTemporary()
    {
        try
        {
            return Open(Directory.CreateTempSubdirectory("edgevision-demo-").FullName, temporary: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"Cannot make a temporary folder in '{System.IO.Path.GetTempPath()}': {e.Message} Set TMPDIR to one this user may write to, or name a data folder with --data.", e);
        }
    }

    /// <param name="path">Created when missing.</param>
    /// <exception cref="CommandException">Not usable, or another process uses it.</exception>
    public static DataFolder Open(string path) => Open(path, temporary: false);

    private static DataFolder Open(string path, bool temporary)
    {
        var full = System.IO.Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(full);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"Cannot create the data folder '{full}': {e.Message} Give a folder this user may write to, with --data or EdgeVision:DataDirectory.", e);
        }

        try
        {
            return new DataFolder(full, new FileStream(System.IO.Path.Combine(full, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None), temporary);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new CommandException($"Cannot write to the data folder '{full}': permission denied. Make it writable for this user, or name another with --data.", e);
        }
        catch (IOException e) when (e.HResult != LockedByAnother)
        {
            throw new CommandException($"Cannot write to the data folder '{full}': {e.Message.TrimEnd('.')}. Make it writable for this user, or name another with --data or EdgeVision:DataDirectory.", e);
        }
        catch (IOException e)
        {
            throw new CommandException($"Cannot lock the data folder '{full}': {e.Message} Another edgevision may be using it; stop that one, or name another folder with --data.", e);
        }
    }

    public void Dispose()
    {
        _lock.Dispose();
        if (!_temporary) return;
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A temporary folder that something still holds open is the system's to clean.
        }
    }
}
