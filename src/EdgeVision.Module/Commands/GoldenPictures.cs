using EdgeVision.Frames;
using EdgeVision.Imaging;
using EdgeVision.Models;

namespace EdgeVision.Module.Commands;

/// <summary>The pictures of a package's golden samples, and a bundled one for a package without.</summary>
internal sealed class GoldenPictures(ModelPackage package)
{
    private readonly FramePool _pool = new();

    /// <summary>Caller disposes.</summary>
    /// <exception cref="ModelException">It is missing, or no regular file of the package.</exception>
    /// <exception cref="PictureException">It is no picture.</exception>
    public Frame Open(GoldenSample sample)
    {
        package.CheckPicture(sample);
        return PictureFile.Load(Path.Combine(package.Folder, sample.Picture), _pool, TimeProvider.System);
    }

    /// <summary>Something to see, whatever it is: those of the package, or a photograph of people. Caller disposes each.</summary>
    public IEnumerable<Frame> ForLife()
    {
        var seen = 0;
        foreach (var sample in package.Manifest.Golden.Where(static g => g.Objects.Count > 0).Take(3))
        {
            if (TryOpen(sample) is not { } frame) continue;
            seen++;
            yield return frame;
        }

        if (seen == 0) yield return PictureFile.Load(BundledFiles.GoldenPicture, _pool, TimeProvider.System);
    }

    /// <summary>A broken one is told by the check that needs it.</summary>
    private Frame? TryOpen(GoldenSample sample)
    {
        try
        {
            return Open(sample);
        }
        catch (Exception e) when (e is ModelException or PictureException)
        {
            return null;
        }
    }
}
