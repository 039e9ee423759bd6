using System.Runtime.InteropServices;

namespace EdgeVision.Capture;

/// <summary>Whether the kernel takes its clock for synchronised (adjtimex(2)): a dashboard must know when times cannot be trusted.</summary>
public static partial class KernelClock
{
    /// <summary>The return value of adjtimex when no time daemon keeps the clock.</summary>
    private const int TimeError = 5;

    /// <summary>sizeof(struct timex) is 208 on 64-bit Linux; what the call writes is not looked at.</summary>
    internal const int TimexBytes = 256;

    /// <summary>False also where the kernel cannot be asked: not known to be right is not right.</summary>
    public static bool IsSynchronised()
    {
        if (!OperatingSystem.IsLinux()) return false;
        // All zero: modes = 0 only reads, which needs no privilege.
        Span<byte> timex = stackalloc byte[TimexBytes];
        timex.Clear();
        var state = AdjustTime(ref MemoryMarshal.GetReference(timex));
        return state is >= 0 and not TimeError;
    }

    [LibraryImport("libc", EntryPoint = "adjtimex")]
    private static partial int AdjustTime(ref byte timex);
}
