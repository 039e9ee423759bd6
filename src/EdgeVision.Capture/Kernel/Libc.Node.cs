using System.Runtime.InteropServices;

namespace EdgeVision.Capture.Kernel;

/// <summary>What a path names: statx(2), whose structure is the same on all machines.</summary>
internal static unsafe partial class Libc
{
    private const int WorkingDirectory = -100;      // AT_FDCWD
    private const uint BasicFields = 0x7FF;         // STATX_BASIC_STATS

    /// <summary>Links are followed, those of /proc/PID/fd, too.</summary>
    public static Errno Look(string path, out NodeFacts facts)
    {
        fixed (NodeFacts* pointer = &facts) return LookAt(WorkingDirectory, path, 0, BasicFields, pointer) == 0 ? Errno.None : LastError();
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LookAt(int folder, string path, int flags, uint fields, NodeFacts* facts);

    /// <summary>The part of struct statx that is asked for.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    public struct NodeFacts
    {
        [FieldOffset(20)]
        public uint Owner;

        [FieldOffset(24)]
        public uint Group;

        /// <summary>Type and permissions.</summary>
        [FieldOffset(28)]
        public ushort Mode;

        /// <summary>Of a device.</summary>
        [FieldOffset(128)]
        public uint Major;

        [FieldOffset(132)]
        public uint Minor;

        public readonly bool IsCharacterDevice => (Mode & 0xF000) == 0x2000;
    }
}
