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
        var remedy = machine is Architecture.X64
            ? "build with -p:OpenCv=true, which brings it, and install what it wants: apt-get install libgtk-3-0"
            : $"there is none to install for {machine.ToString().ToLowerInvariant()}: open the camera by v4l2:, rtsp:, http: or file: instead, or build {Name} of OpenCvSharp yourself and put it beside the program";
        return $"OpenCV's library {Name} does not load: {Cause(Reason(e)?.Message ?? "")}; {remedy}.";
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

    /// <summary>.NET's message lists every name it tried: of that only the library that another one wants is news.</summary>
    private static string Cause(string message)
    {
        foreach (var line in message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var missing = line.IndexOf(": cannot open shared object file", StringComparison.Ordinal);
            if (missing >= 0 && !line.Contains("OpenCvSharpExtern", StringComparison.Ordinal)) return $"it wants {line[..missing]}, which is not installed";
        }

        return message.Contains("cannot open shared object file", StringComparison.Ordinal) ? "it is not beside the program" : message.ReplaceLineEndings(" ").Trim().TrimEnd('.');
    }

    private static Exception? Reason(Exception e)
    {
        for (var cause = e; cause is not null; cause = cause.InnerException)
        {
            if (cause is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException) return cause;
        }

        return null;
    }
}
