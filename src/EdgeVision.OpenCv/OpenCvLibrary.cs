using System.Runtime.InteropServices;

namespace EdgeVision.OpenCv;

/// <summary>OpenCV's native library: whether it is there, what it can, and what to do about it.</summary>
internal static class OpenCvLibrary
{
    private const string Name = "libOpenCvSharpExtern.so";

    /// <summary>OpenCvSharp loads it in a static constructor: the reason may lie inside.</summary>
    public static bool IsAbsent(Exception e) => Reason(e) is not null;

    /// <param name="e">For which <see cref="IsAbsent"/> is true.</param>
    /// <param name="machine">Of this process.</param>
    public static string Absent(Exception e, Architecture machine)
    {
        var reason = Reason(e)?.Message.ReplaceLineEndings(" ").Trim().TrimEnd('.');
        var remedy = machine is Architecture.X64
            ? "build with -p:OpenCv=true, which brings it, and install what it wants: apt-get install libgtk-3-0"
            : $"there is none to install for {machine.ToString().ToLowerInvariant()}: open the camera by v4l2:, rtsp:, http: or file: instead, or build {Name} of OpenCvSharp yourself and put it beside the program";
        return $"OpenCV's library {Name} does not load ({reason}); {remedy}.";
    }

    /// <param name="buildInformation">cv::getBuildInformation().</param>
    public static bool HasGStreamer(string buildInformation)
    {
        foreach (var line in buildInformation.AsSpan().EnumerateLines())
        {
            var words = line.Trim();
            if (words.StartsWith("GStreamer:", StringComparison.Ordinal)) return words["GStreamer:".Length..].TrimStart().StartsWith("YES", StringComparison.Ordinal);
        }

        return false;
    }

    public static string WithoutGStreamer(string shown) =>
        $"'{shown}' is a GStreamer pipeline, but the OpenCV library beside the program was built without GStreamer, as that of the NuGet package is; put a {Name} built with WITH_GSTREAMER=ON in its place, " +
        "or lead the pipeline to us another way: into rtsp:, or into v4l2: through v4l2loopback (! v4l2sink device=/dev/video10).";

    private static Exception? Reason(Exception e)
    {
        for (var cause = e; cause is not null; cause = cause.InnerException)
        {
            if (cause is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException) return cause;
        }

        return null;
    }
}
