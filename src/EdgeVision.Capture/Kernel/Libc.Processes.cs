using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace EdgeVision.Capture.Kernel;

/// <summary>Calls about child processes and their pipes.</summary>
internal static unsafe partial class Libc
{
    private const int SignalTerminate = 15, SetPipeSize = 1031;

    /// <summary>Asks a process to end (SIGTERM). .NET's Process only knows the signal that cannot be answered.</summary>
    public static Errno Terminate(int processId) => SendSignal(processId, SignalTerminate) == 0 ? Errno.None : LastError();

    /// <summary>How much a pipe holds before its writer waits (Linux; fcntl(2), F_SETPIPE_SZ). Without privilege 1 MiB is the most.</summary>
    public static Errno ResizePipe(SafeFileHandle pipe, int bytes) => FileControl(pipe, SetPipeSize, bytes) >= 0 ? Errno.None : LastError();

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int processId, int signal);

    // fcntl is variadic; on Linux, x86-64 and arm64, the third argument travels in the same register all the same.
    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int FileControl(SafeFileHandle file, int command, nint argument);
}
