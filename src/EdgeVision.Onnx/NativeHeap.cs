using System.Runtime.InteropServices;

namespace EdgeVision.Onnx;

/// <summary>The C library's heap, in which ONNX Runtime keeps weights and intermediate results.</summary>
internal static partial class NativeHeap
{
    /// <summary>
    /// Gives pages back that nobody uses. glibc keeps what was freed below the top of its heap: after loading a model what parsing needed, after
    /// closing one nearly all of it (ADR 0008).
    /// </summary>
    public static void Trim()
    {
        if (!OperatingSystem.IsLinux()) return;
        try
        {
            _ = MallocTrim(0);
        }
        catch (EntryPointNotFoundException)
        {
            // musl has no such call, and keeps nothing back.
        }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int MallocTrim(nuint pad);
}
