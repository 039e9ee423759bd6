using System.Globalization;
using System.Security.Cryptography;
using EdgeVision.Imaging;

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

    private const string Ending = ".jpg", Unfinished = ".tmp", TimeFormat = "yyyyMMdd'T'HHmmssfff'Z'";

    /// <summary>_20261123T053000123Z_ and 32 hex digits: what stands behind the camera's name is always as long.</summary>
    private const int TailLength = 1 + 19 + 1 + 32 + 4;

    private readonly Lock _gate = new();
    private readonly string _folder = Path.Combine(dataFolder, Name);

    /// <summary>Writes the picture, lets the oldest go, and names it: a path below the data folder.</summary>
    /// <param name="camera">A valid name: it holds no separator, and the file's name goes on behind it.</param>
    /// <param name="capturedAt">Of the frame.</param>
    /// <param name="jpeg">The picture.</param>
    /// <exception cref="PictureException">It cannot be written.</exception>
    public string Save(string camera, DateTimeOffset capturedAt, byte[] jpeg)
    {
        var name = $"{camera}_{capturedAt.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture)}_{RandomNumberGenerator.GetHexString(32, lowercase: true)}{Ending}";
        try
        {
            lock (_gate)
            {
                MakeFolder();
                var path = Path.Combine(_folder, name);
                // What a stop left; and whoever looks into the folder sees whole pictures only.
                foreach (var unfinished in Directory.EnumerateFiles(_folder, "*" + Unfinished)) File.Delete(unfinished);
                Write(path + Unfinished, jpeg);
                File.Move(path + Unfinished, path);
                LetGo(camera);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PictureException($"The picture cannot be kept in '{Name}' of the data folder ({e.Message.TrimEnd('.')}); check the space on its disk and this user's permission.", e);
        }

        return $"{Name}/{name}";
    }

    private void MakeFolder()
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(_folder);
        else Directory.CreateDirectory(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static void Write(string path, byte[] bytes)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            using var file = new FileStream(path, options);
            file.Write(bytes);
        }
        catch (IOException)
        {
            // The last room on the disk is the outbox's.
            File.Delete(path);
            throw;
        }
    }

    private void LetGo(string camera)
    {
        // By their times, which are text that sorts.
        var own = Directory.EnumerateFiles(_folder, "*" + Ending)
            .Where(f => CameraOf(Path.GetFileName(f.AsSpan())).SequenceEqual(camera))
            .OrderDescending(StringComparer.Ordinal);
        foreach (var old in own.Skip(Kept)) File.Delete(old);
    }

    private static ReadOnlySpan<char> CameraOf(ReadOnlySpan<char> file) => file.Length > TailLength ? file[..^TailLength] : [];
}
