using EdgeVision.Imaging;
using EdgeVision.Module.Evidence;

namespace EdgeVision.Module.Remote;

/// <summary>
/// Pictures that were asked for, <c>snapshots/</c> in the data folder: the newest of each camera, readable by this user alone. Names end in 128 random
/// bits: who may see one picture cannot guess the others. Any thread.
/// </summary>
/// <param name="dataFolder">Full path.</param>
internal sealed class SnapshotFolder(string dataFolder)
{
    public const string Name = "snapshots";

    /// <summary>Of each camera.</summary>
    public const int Kept = 20;

    private const string Ending = ".jpg";

    private readonly Lock _gate = new();
    private readonly string _folder = Path.Combine(dataFolder, Name);

    /// <summary>Writes the picture, lets the oldest go, and names it: a path below the data folder.</summary>
    /// <param name="camera">A valid name: it holds no separator, and the file's name goes on behind it.</param>
    /// <param name="capturedAt">Of the frame.</param>
    /// <param name="jpeg">The picture.</param>
    /// <exception cref="PictureException">It cannot be written.</exception>
    public string Save(string camera, DateTimeOffset capturedAt, byte[] jpeg)
    {
        var name = PrivateFile.NameOf(camera, capturedAt) + Ending;
        try
        {
            lock (_gate)
            {
                PrivateFile.MakeFolder(_folder);
                // What a stop left.
                foreach (var unfinished in Directory.EnumerateFiles(_folder, "*" + PrivateFile.Unfinished)) File.Delete(unfinished);
                PrivateFile.Write(Path.Combine(_folder, name), jpeg);
                LetGo(camera);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PictureException($"The picture cannot be kept in '{Name}' of the data folder ({e.Message.TrimEnd('.')}); check the space on its disk and this user's permission.", e);
        }

        return $"{Name}/{name}";
    }

    private void LetGo(string camera)
    {
        // By their times, which are text that sorts.
        var own = Directory.EnumerateFiles(_folder, "*" + Ending)
            .Where(f => CameraOf(Path.GetFileName(f.AsSpan())).SequenceEqual(camera))
            .OrderDescending(StringComparer.Ordinal);
        foreach (var old in own.Skip(Kept)) File.Delete(old);
    }

    private static ReadOnlySpan<char> CameraOf(ReadOnlySpan<char> file) => file.Length > PrivateFile.TailLength + Ending.Length ? file[..^(PrivateFile.TailLength + Ending.Length)] : [];
}
