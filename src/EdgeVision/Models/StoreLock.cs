namespace EdgeVision.Models;

/// <summary>One at a time changes a store, over all processes; a killed one holds nothing. Held for moves and small files only, never while something is copied.</summary>
internal sealed class StoreLock : IDisposable
{
    private const string FileName = ".lock";

    /// <summary>Far longer than anybody holds it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly FileStream _file;

    private StoreLock(FileStream file) => _file = file;

    /// <summary>Waits for those who have it.</summary>
    /// <exception cref="ModelException">They keep it, or the folder cannot be written to.</exception>
    public static StoreLock Take(string folder)
    {
        FileStream? file = null;
        try
        {
            Directory.CreateDirectory(folder);
            if (SpinWait.SpinUntil(() => (file = TryOpen(Path.Combine(folder, FileName))) is not null, Patience)) return new StoreLock(file!);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new ModelException($"The model store '{folder}' cannot be changed ({e.Message.TrimEnd('.')}); a folder that this user may write to was expected. Check its permissions, or name another with --data.", e);
        }

        throw new ModelException($"The model store '{folder}' is held by another edgevision, or cannot be written to; it was waited for during {Patience.TotalSeconds} s. Try again when that one is done.");
    }

    /// <summary>Null while somebody else has it open so. Caller disposes.</summary>
    public static FileStream? TryOpen(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }

    public void Dispose() => _file.Dispose();
}
