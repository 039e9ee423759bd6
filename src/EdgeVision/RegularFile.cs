using System.Runtime.InteropServices;

namespace EdgeVision;

/// <summary>
/// Tells files from what only has a path like one, without opening it: opening a pipe waits for a writer, in the kernel, where no signal and
/// no token ends the wait.
/// </summary>
public static partial class RegularFile
{
    /// <summary>statx(2): the same layout on every architecture. AT_FDCWD, STATX_TYPE, sizeof(struct statx), and where stx_mode lies in it.</summary>
    private const int CurrentFolder = -100, TypeOnly = 1, StatBytes = 256, ModeOffset = 28;

    /// <summary>"a folder", "a named pipe", "a device", "a socket"; null for a regular file, and where nothing can be told (no such file, no permission): opening it does.</summary>
    /// <param name="path">Links are followed.</param>
    public static string? Otherwise(string path)
    {
        if (!OperatingSystem.IsLinux()) return Directory.Exists(path) ? "a folder" : null;
        Span<byte> stat = stackalloc byte[StatBytes];
        stat.Clear();
        if (Stat(CurrentFolder, path, 0, TypeOnly, ref MemoryMarshal.GetReference(stat)) != 0) return null;
        return (MemoryMarshal.Read<ushort>(stat[ModeOffset..]) & 0xF000) switch
        {
            0x4000 => "a folder",
            0x1000 => "a named pipe",
            0x2000 or 0x6000 => "a device",
            0xC000 => "a socket",
            _ => null,
        };
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Stat(int folder, string path, int flags, uint mask, ref byte stat);
}
