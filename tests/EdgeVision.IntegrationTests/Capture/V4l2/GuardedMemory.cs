using System.Runtime.InteropServices;

namespace EdgeVision.IntegrationTests.Capture.V4l2;

/// <summary>Memory that ends at a page nobody may touch: one byte too far ends the process, so that no read out of bounds goes unseen.</summary>
internal static unsafe partial class GuardedMemory
{
    private const int Page = 4096, ReadWrite = 3, PrivateAnonymous = 0x22;

    private static readonly Dictionary<nint, (nint Start, nuint Bytes)> Taken = [];

    private static readonly Lock Gate = new();

    public static nint Take(int bytes)
    {
        var whole = (nuint)((bytes + Page - 1) / Page * Page);
        var start = MapMemory(0, whole + Page, ReadWrite, PrivateAnonymous, -1, 0);
        if (start == -1 || ProtectMemory(start + (nint)whole, Page, 0) != 0) throw new InvalidOperationException("The test has no memory.");
        var address = start + (nint)whole - bytes;
        lock (Gate) Taken.Add(address, (start, whole + Page));
        return address;
    }

    /// <summary>False for what was never taken or is given back twice.</summary>
    public static bool GiveBack(nint address)
    {
        lock (Gate)
        {
            if (!Taken.Remove(address, out var taken)) return false;
            return UnmapMemory(taken.Start, taken.Bytes) == 0;
        }
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint MapMemory(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int ProtectMemory(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int UnmapMemory(nint address, nuint length);
}
