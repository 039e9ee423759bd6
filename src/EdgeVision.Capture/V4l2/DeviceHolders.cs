using System.Globalization;

namespace EdgeVision.Capture.V4l2;

/// <summary>Which processes hold a device open, from /proc: those of other users only where this one may look.</summary>
internal static class DeviceHolders
{
    /// <summary>Names and numbers of up to three other processes: "ffmpeg (process 123)"; empty when none is seen.</summary>
    public static IReadOnlyList<string> Find(string path)
    {
        var target = RealPath(path);
        var holders = new List<string>();
        foreach (var process in Processes())
        {
            if (holders.Count < 3 && Holds(process, target)) holders.Add(Name(process));
        }

        return holders;
    }

    /// <summary>The node behind a link of /dev/v4l.</summary>
    public static string RealPath(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        }
        catch (IOException)
        {
            return path;
        }
        catch (UnauthorizedAccessException)
        {
            return path;
        }
    }

    private static IEnumerable<string> Processes() => !Directory.Exists("/proc") ? [] : Directory.EnumerateDirectories("/proc")
        .Where(static folder => int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number != Environment.ProcessId);

    private static bool Holds(string process, string target)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries(process + "/fd").Any(link => new FileInfo(link).LinkTarget == target);
        }
        catch (IOException)
        {
            // It ended meanwhile.
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string Name(string process)
    {
        try
        {
            return $"{V4l2Text.Read(File.ReadAllBytes(process + "/comm")).TrimEnd('?')} (process {Path.GetFileName(process)})";
        }
        catch (IOException)
        {
            return $"process {Path.GetFileName(process)}";
        }
    }
}
