namespace EdgeVision.Models;

/// <summary>The files of a package that came as one file, in a folder that goes with this object.</summary>
public sealed class UnpackedModel : IDisposable
{
    private readonly FileStream _copying;

    internal UnpackedModel(string folder, FileStream copying) => (Folder, _copying) = (folder, copying);

    /// <summary>Full path.</summary>
    public string Folder { get; }

    public void Dispose()
    {
        try
        {
            if (Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
            _copying.Dispose();
            File.Delete(_copying.Name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Whoever next makes room in the store takes it away.
            _copying.Dispose();
        }
    }
}
