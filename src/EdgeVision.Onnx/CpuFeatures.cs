using System.Runtime.InteropServices;

namespace EdgeVision.Onnx;

/// <summary>What this processor can do, as a text to compare: ONNX Runtime lays weights out for it.</summary>
internal static class CpuFeatures
{
    /// <summary>Never empty. The same on every start until the processor, or what the hypervisor shows of it, changes.</summary>
    public static string Text { get; } = $"{RuntimeInformation.ProcessArchitecture} {Read("/proc/cpuinfo")}".TrimEnd();

    /// <summary>Of the first processor; the others of a machine share it. Empty where the system tells nothing.</summary>
    public static string Parse(IEnumerable<string> lines) => string.Join(' ', lines
        .TakeWhile(static line => line.Length > 0)
        .Where(static line => line.StartsWith("flags", StringComparison.Ordinal) || line.StartsWith("Features", StringComparison.Ordinal) || line.StartsWith("CPU part", StringComparison.Ordinal))
        .Select(static line => line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()));

    private static string Read(string path)
    {
        try
        {
            return File.Exists(path) ? Parse(File.ReadLines(path)) : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Hidden in a hardened container: the architecture still tells most of it.
            return "";
        }
    }
}
