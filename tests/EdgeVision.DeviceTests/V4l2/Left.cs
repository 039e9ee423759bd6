namespace EdgeVision.DeviceTests.V4l2;

/// <summary>What this process holds of cameras: open device files, and buffers mapped from them.</summary>
internal static class Left
{
    public static (int Files, int Mappings) Now() => (
        Directory.EnumerateFileSystemEntries("/proc/self/fd").Count(static link => new FileInfo(link).LinkTarget?.StartsWith("/dev/video", StringComparison.Ordinal) == true),
        File.ReadLines("/proc/self/maps").Count(static line => line.Contains("/dev/video", StringComparison.Ordinal)));
}
