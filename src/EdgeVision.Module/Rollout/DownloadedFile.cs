namespace EdgeVision.Module.Rollout;

/// <summary>A file that is not needed any more once this is disposed, nor the folder that it was alone in.</summary>
internal sealed class DownloadedFile(string path) : IDisposable
{
    public void Dispose()
    {
        try
        {
            File.Delete(path);
            if (System.IO.Path.GetDirectoryName(path) is { } folder && !Directory.EnumerateFileSystemEntries(folder).Any()) Directory.Delete(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next download of the same address takes its place.
        }
    }
}
