using System.Runtime.InteropServices;

namespace EdgeVision.Capture.Kernel;

/// <summary>Who owns a device file: .NET tells its mode, not its group.</summary>
internal static unsafe partial class Libc
{
    private const int AtCurrentFolder = -100;
    private const uint StatxGroup = 0x10;

    /// <summary>Number of the group that a file belongs to.</summary>
    public static Errno GroupOf(string path, out uint group)
    {
        var answer = default(Statx);
        var error = QueryFile(AtCurrentFolder, path, 0, StatxGroup, &answer) == 0 ? Errno.None : LastError();
        group = answer.Group;
        return error;
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int QueryFile(int folder, string path, int flags, uint mask, Statx* answer);

    /// <summary>struct statx, the same on all architectures.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Statx
    {
        [FieldOffset(24)] public uint Group;
    }
}
