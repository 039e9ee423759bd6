using EdgeVision.Frames;
using EdgeVision.Imaging;
using EdgeVision.Inference;

namespace EdgeVision.Module.Commands;

/// <summary>Where <c>detect --save</c> puts its pictures: under the name of the original, never over it.</summary>
internal sealed class AnnotatedFolder
{
    private readonly string _folder;
    private readonly Annotator _annotator;
    private readonly HashSet<string> _originals;
    private readonly HashSet<string> _written = new(StringComparer.Ordinal);

    /// <exception cref="CommandException">The folder cannot be made.</exception>
    public AnnotatedFolder(string folder, IEnumerable<string> originals, IReadOnlyList<string> labels)
    {
        _folder = Path.GetFullPath(folder);
        _annotator = new Annotator(labels);
        _originals = originals.Select(Path.GetFullPath).ToHashSet(StringComparer.Ordinal);
        try
        {
            Directory.CreateDirectory(_folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"Cannot make the folder '{folder}': {e.Message} Name another with --save.", e);
        }
    }

    /// <exception cref="PictureException">The picture cannot be written.</exception>
    public void Save(string picture, Frame frame, ReadOnlySpan<Detection> detections) => _annotator.Save(frame, detections, FreePath(picture));

    /// <summary>Two folders may hold pictures of one name, and the target folder may be the source: then a suffix tells them apart.</summary>
    private string FreePath(string picture)
    {
        var (name, extension) = (Path.GetFileNameWithoutExtension(picture), Path.GetExtension(picture));
        var path = Path.Combine(_folder, name + extension);
        for (var i = 1; _originals.Contains(path) || !_written.Add(path); i++) path = Path.Combine(_folder, $"{name}-detected{(i == 1 ? "" : i)}{extension}");
        return path;
    }
}
