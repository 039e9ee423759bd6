namespace EdgeVision.Module;

/// <summary>
/// The folder that holds what must survive: the outbox, later models and the last twin. One process at a time: the lock is the kernel's
/// and falls with the process, however that ends.
/// </summary>
internal sealed class DataFolder : IDisposable
{
    private readonly FileStream _lock;
    private readonly bool _temporary;

    private DataFolder(string path, FileStream lockFile, bool temporary) => (Path, _lock, _temporary) = (path, lockFile, temporary);

    public string Path { get; }

    /// <param name="path">Created when missing.</param>
    /// <param name="temporary">Deleted on disposal.</param>
    /// <exception cref="CommandException">Not usable, or another process uses it.</exception>
    public static DataFolder Open(string path, bool temporary = false)
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
        catch (IOException)
        {
            // A temporary folder that something still holds open is the system's to clean.
        }
    }
}
