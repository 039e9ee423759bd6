using System.Globalization;
using EdgeVision.Evidence;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Module.Evidence;

/// <summary>
/// Pictures of events, <c>evidence/CAMERA/DATE/</c> in the data folder, and beside each that is to be sent an empty file that says so: the queue survives whatever
/// happens to the process. Any thread.
/// </summary>
/// <param name="dataFolder">Full path.</param>
/// <param name="keeping">In force.</param>
/// <param name="time">The clock by which pictures age.</param>
/// <param name="telemetry">Counts pictures that went before they were sent.</param>
/// <param name="log">Hears of them.</param>
internal sealed partial class EvidenceFolder(string dataFolder, Func<EvidenceKeeping> keeping, TimeProvider time, EvidenceTelemetry telemetry, ILogger log)
{
    public const string Name = "evidence", Ending = ".jpg";

    /// <summary>Beside a picture: it is not sent yet.</summary>
    public const string Pending = ".pending";

    private readonly Lock _gate = new();
    private readonly string _folder = Path.Combine(dataFolder, Name);
    private int _hasNews = 1;

    /// <summary>True once after anything came that is to be sent: nobody need look through the folder for nothing.</summary>
    public bool TakeNews() => Interlocked.Exchange(ref _hasNews, 0) != 0;

    /// <summary>Null with a sentence when there is no room; otherwise the picture's path below the data folder, with <c>/</c>.</summary>
    public string? Save(string camera, DateTimeOffset capturedAt, byte[] jpeg, bool isSent, out string? refusal)
    {
        refusal = null;
        try
        {
            if (Free() - jpeg.Length < keeping().MinFreeBytes)
            {
                refusal = "The disk has less room than Evidence:MinFreeMegabytes leaves free; free some space.";
                return null;
            }

            var day = capturedAt.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            var reference = $"{Name}/{camera}/{day}/{PrivateFile.NameOf(camera, capturedAt)}{Ending}";
            var path = Path.Combine(dataFolder, reference);
            lock (_gate)
            {
                PrivateFile.MakeFolder(Path.GetDirectoryName(path)!);
                // First the note: a picture without one would never be sent, a note without a picture is nothing.
                if (isSent) PrivateFile.Write(path + Pending, []);
                PrivateFile.Write(path, jpeg);
            }

            if (isSent) Interlocked.Exchange(ref _hasNews, 1);

            return reference;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            refusal = $"The picture cannot be kept in '{Name}' of the data folder ({e.Message.TrimEnd('.')}); check the space on its disk and this user's permission.";
            return null;
        }
    }

    /// <summary>What is to be sent, oldest first: paths below the data folder.</summary>
    public IReadOnlyList<string> Unsent() =>
        [.. Files("*" + Pending).OrderBy(TimeOf, StringComparer.Ordinal).Select(f => Path.GetRelativePath(dataFolder, f.FullName)[..^Pending.Length].Replace('\\', '/'))];

    /// <summary>Null when it is gone.</summary>
    public byte[]? Read(string reference)
    {
        try
        {
            return File.ReadAllBytes(Path.Combine(dataFolder, reference));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Sent, or never to be.</summary>
    public void Settle(string reference) => Delete(Path.Combine(dataFolder, reference + Pending));

    /// <summary>Lets go what is too old or too much, oldest first.</summary>
    public void Sweep()
    {
        var now = keeping();
        var youngest = time.GetUtcNow() - now.MaxAge;
        var files = Files("*" + Ending).OrderBy(TimeOf, StringComparer.Ordinal).ToList();
        var (count, bytes, free) = (files.Count, files.Sum(static f => f.Length), Free());
        foreach (var file in files)
        {
            if (file.LastWriteTimeUtc >= youngest && count <= now.MaxFiles && bytes <= now.MaxBytes && free >= now.MinFreeBytes) break;
            LetGo(file);
            (count, bytes, free) = (count - 1, bytes - file.Length, free + file.Length);
        }

        SweepUnfinished();
        foreach (var note in Files("*" + Pending).Where(static n => !File.Exists(n.FullName[..^Pending.Length])).ToList()) Delete(note.FullName);
        foreach (var day in Directory.Exists(_folder) ? Directory.EnumerateDirectories(_folder, "*", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1 }).ToList() : [])
            DeleteFolder(day);
    }

    /// <summary>A process that was killed while it wrote leaves a part of a picture, which nothing else would ever let go.</summary>
    private void SweepUnfinished()
    {
        // Whoever writes holds the gate: what is there now is nobody's.
        lock (_gate)
        {
            foreach (var half in Files("*" + PrivateFile.Unfinished)) Delete(half.FullName);
        }
    }

    private void LetGo(FileInfo file)
    {
        if (File.Exists(file.FullName + Pending))
        {
            telemetry.CountLost();
            if (telemetry.Lost is 1 || telemetry.Lost % 100 == 0) Unsendable(log, telemetry.Lost);
        }

        Delete(file.FullName);
        Delete(file.FullName + Pending);
    }

    private List<FileInfo> Files(string pattern)
    {
        lock (_gate)
        {
            return Directory.Exists(_folder)
                ? [.. new DirectoryInfo(_folder).EnumerateFiles(pattern, new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 2, AttributesToSkip = FileAttributes.ReparsePoint })]
                : [];
        }
    }

    private long Free() => new DriveInfo(Path.GetFullPath(dataFolder)).AvailableFreeSpace;

    /// <summary>Of the capture, as text that sorts; names of cameras in front of it differ.</summary>
    private static string TimeOf(FileInfo file)
    {
        var name = file.Name.AsSpan();
        name = name[..Math.Max(0, name.IndexOf(Ending, StringComparison.Ordinal))];
        return name.Length > PrivateFile.TailLength ? name[^PrivateFile.TailLength..].ToString() : "";
    }

    private static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next sweep tries again.
        }
    }

    private void DeleteFolder(string path)
    {
        try
        {
            // Not between the making of a folder and its first picture.
            lock (_gate)
            {
                if (!Directory.EnumerateFileSystemEntries(path).Any()) Directory.Delete(path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next sweep tries again.
        }
    }

    [LoggerMessage(EventIds.EvidenceLostUnsent, LogLevel.Warning, "{Count} pictures of events went before they were sent: Evidence keeps no more, and the upload is too slow or away. Raise its limits, or see the log for the upload.")]
    private static partial void Unsendable(ILogger log, long count);
}
