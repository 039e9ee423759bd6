using System.Globalization;
using System.Text;
using EdgeVision.Delivery;

namespace EdgeVision.Module;

/// <summary>
/// The folder that holds what must survive: the outbox, later models and the last twin. One process at a time: the lock is the kernel's
/// and falls with the process, however that ends.
/// </summary>
internal sealed class DataFolder : IDisposable
{
    /// <summary>EAGAIN: flock says that another process has it. The same number on x64 and arm64.</summary>
    private const int LockedByAnother = 11;

    /// <summary>Rises when files in it are named or placed anew.</summary>
    private const int Layout = 1;

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
            if (!Directory.Exists(full)) OwnedFile.CreateDirectory(full);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"Cannot create the data folder '{full}': {e.Message} Give a folder this user may write to, with --data or EdgeVision:DataDirectory.", e);
        }

        try
        {
            var folder = new DataFolder(full, OwnedFile.Create(System.IO.Path.Combine(full, "lock"), FileShare.None), temporary);
            try
            {
                folder.Sign();
                return folder;
            }
            catch
            {
                folder._lock.Dispose();
                throw;
            }
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

    /// <summary>True while a node runs with the folder.</summary>
    public static bool IsHeld(string path)
    {
        try
        {
            using var file = File.Open(System.IO.Path.Combine(path, "lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    /// <summary>One line: the layout of the folder, and who last changed it. Files in it have versions of their own.</summary>
    private void Sign()
    {
        var note = System.IO.Path.Combine(Path, "version");
        if (File.Exists(note))
        {
            var words = (File.ReadLines(note).FirstOrDefault() ?? "").Split(' ', 2);
            if (words[0].Length > 0 && !int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out _))
                throw new CommandException($"'{note}' does not begin with a number; the layout of the data folder stands there. Restore it, or name another folder with --data.");
            var layout = words[0].Length > 0 ? int.Parse(words[0], NumberStyles.None, CultureInfo.InvariantCulture) : 0; // empty: the power went while it was written
            if (layout > Layout)
                throw new CommandException($"Data folder '{Path}' has layout {layout}, written by {(words.Length > 1 ? words[1].Trim() : "a newer EdgeVision")}; this program reads up to {Layout}. Run that program again, or name another folder with --data.");
            if (layout == Layout) return;
        }

        try
        {
            using var file = OwnedFile.Create(note);
            file.SetLength(0);
            file.Write(Encoding.UTF8.GetBytes($"{Layout} EdgeVision {Product.Version}\n"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A full disk is no reason not to start; the note is written another time.
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
