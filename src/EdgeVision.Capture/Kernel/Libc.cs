using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace EdgeVision.Capture.Kernel;

/// <summary>
/// The few system calls that devices need, with the kernel's own answer: <see cref="Errno.None"/>, or why not. Calls that a signal interrupted
/// are made again. Nothing here throws or allocates, opening apart.
/// </summary>
internal static unsafe partial class Libc
{
    private const int ReadWrite = 2, NonBlocking = 0x800, CloseOnExec = 0x80000;
    private const int ProtReadWrite = 3, MapShared = 1;

    /// <summary>Opens a device for reading and writing, without blocking, not to be inherited by child processes.</summary>
    public static Errno Open(string path, out SafeFileHandle device)
    {
        while (true)
        {
            var descriptor = OpenFile(path, ReadWrite | NonBlocking | CloseOnExec);
            var error = descriptor < 0 ? LastError() : Errno.None;
            if (error == Errno.EINTR) continue;
            device = new SafeFileHandle(descriptor, ownsHandle: descriptor >= 0);
            return error;
        }
    }

    /// <summary>One request to a driver.</summary>
    public static Errno Ioctl<T>(SafeFileHandle device, uint request, ref T argument)
        where T : unmanaged
    {
        fixed (T* pointer = &argument) return Ioctl(device, request, pointer);
    }

    /// <summary>One request to a driver.</summary>
    public static Errno Ioctl(SafeFileHandle device, uint request, void* argument)
    {
        while (true)
        {
            if (Control(device, request, argument) >= 0) return Errno.None;
            var error = LastError();
            if (error != Errno.EINTR) return error;
        }
    }

    /// <summary>Waits for a device. <see cref="Errno.ETIMEDOUT"/> after <paramref name="timeoutMs"/>; a signal ends the wait early with <see cref="Errno.EINTR"/>, so that callers keep their own deadline.</summary>
    public static Errno Poll(SafeFileHandle device, PollEvents wanted, int timeoutMs, out PollEvents happened)
    {
        happened = PollEvents.None;
        var added = false;
        try
        {
            device.DangerousAddRef(ref added);
            var entry = new PollEntry { Descriptor = (int)device.DangerousGetHandle(), Wanted = wanted };
            var count = PollFiles(&entry, 1, timeoutMs);
            happened = entry.Happened;
            return count > 0 ? Errno.None : count == 0 ? Errno.ETIMEDOUT : LastError();
        }
        finally
        {
            if (added) device.DangerousRelease();
        }
    }

    /// <summary>Maps a driver's buffer for reading and writing.</summary>
    public static Errno Map(SafeFileHandle device, nuint length, long offset, out nint address)
    {
        address = MapFile(0, length, ProtReadWrite, MapShared, device, offset);
        if (address != -1) return Errno.None;
        address = 0;
        return LastError();
    }

    public static Errno Unmap(nint address, nuint length) => UnmapFile(address, length) == 0 ? Errno.None : LastError();

    /// <summary>Reads what there is. <see cref="Errno.EAGAIN"/> when there is nothing yet.</summary>
    public static Errno Read(SafeFileHandle device, Span<byte> into, out int length)
    {
        fixed (byte* pointer = into)
        {
            while (true)
            {
                length = (int)ReadFile(device, pointer, (nuint)into.Length);
                if (length >= 0) return Errno.None;
                var error = LastError();
                length = 0;
                if (error != Errno.EINTR) return error;
            }
        }
    }

    private static Errno LastError() => (Errno)Marshal.GetLastPInvokeError();

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags);

    // ioctl is variadic; on Linux, x86-64 and arm64, the third argument travels in the same register all the same.
    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(SafeFileHandle device, nuint request, void* argument);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int PollFiles(PollEntry* entries, nuint count, int timeoutMs);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint MapFile(nint address, nuint length, int protection, int flags, SafeFileHandle device, long offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int UnmapFile(nint address, nuint length);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint ReadFile(SafeFileHandle device, byte* into, nuint length);

    /// <summary>struct pollfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public PollEvents Wanted;
        public PollEvents Happened;
    }
}
