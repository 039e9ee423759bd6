namespace EdgeVision.Delivery;

/// <summary>Files and folders that are this user's alone: events tell what cameras saw.</summary>
public static class OwnedFile
{
    private const UnixFileMode FileMode0600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>An existing one keeps its permissions. The parent must be there.</summary>
    public static void CreateDirectory(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, FileMode0600 | UnixFileMode.UserExecute);
    }

    /// <summary>Opens for writing, made when missing. Caller disposes.</summary>
    public static FileStream Create(string path, FileShare share = FileShare.ReadWrite)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = share };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = FileMode0600;
        return new FileStream(path, options);
    }

    /// <summary>Takes what others may from a file that is there; one that belongs to somebody else stays as it is.</summary>
    public static void Close(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        try
        {
            if (File.Exists(path) && (File.GetUnixFileMode(path) & ~FileMode0600) != 0) File.SetUnixFileMode(path, FileMode0600);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Somebody else's.
        }
    }
}
