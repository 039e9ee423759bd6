using EdgeVision.Models;

namespace EdgeVision.Module.Commands;

/// <summary>A model to be looked at once: what is packed into one file lies unpacked in a temporary folder until this is disposed.</summary>
internal sealed class OpenedPackage : IDisposable
{
    private readonly string? _temporary;

    private OpenedPackage(ModelLocation location, string? temporary) => (Location, _temporary) = (location, temporary);

    /// <summary>Of a folder or an .onnx file.</summary>
    public ModelLocation Location { get; }

    /// <exception cref="ModelException">It is packed, and cannot be unpacked.</exception>
    public static OpenedPackage Open(ModelLocation location, CancellationToken stopping)
    {
        var path = Path.GetFullPath(location.Name, location.BaseDirectory);
        if (!PackageArchive.IsArchive(path)) return new OpenedPackage(location, null);
        var folder = Directory.CreateTempSubdirectory("edgevision-model-").FullName;
        var opened = new OpenedPackage(location with { Name = folder }, folder);
        try
        {
            PackageArchive.Unpack(path, folder, PackageArchive.MaxBytes, stopping);
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (_temporary is not null) Directory.Delete(_temporary, recursive: true);
    }
}
