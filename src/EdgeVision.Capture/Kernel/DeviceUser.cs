using System.Globalization;

namespace EdgeVision.Capture.Kernel;

/// <summary>A process that has a device open.</summary>
/// <param name="ProcessId">As this process sees it.</param>
/// <param name="Name">Of its program.</param>
public sealed record DeviceUser(int ProcessId, string Name)
{
    /// <summary>
    /// Who has the device open, this process apart. Of other users' processes only root can tell, and of those outside its container nobody in
    /// it: none is no proof.
    /// </summary>
    public static IReadOnlyList<DeviceUser> Of(DeviceNode device)
    {
        ArgumentNullException.ThrowIfNull(device);
        var users = new List<DeviceUser>();
        foreach (var folder in Entries("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) || id == Environment.ProcessId) continue;
            if (Entries(Path.Combine(folder, "fd")).Any(file => IsOpenAs(file, device))) users.Add(new DeviceUser(id, NameOf(folder)));
        }

        return users;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name} (process {ProcessId})");

    private static bool IsOpenAs(string descriptor, DeviceNode device)
    {
        try
        {
            // Its name first: looking at an open file of a dead network share would hang.
            if (new FileInfo(descriptor).LinkTarget?.StartsWith("/dev/", StringComparison.Ordinal) != true) return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }

        return Libc.Look(descriptor, out var facts) is Errno.None && facts.IsCharacterDevice && (facts.Major, facts.Minor) == device.Number;
    }

    private static string NameOf(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "comm")).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "a process that has just ended";
        }
    }

    /// <summary>Processes come and go while one looks, and some may not be looked into.</summary>
    private static string[] Entries(string folder)
    {
        try
        {
            return Directory.GetFileSystemEntries(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
