using EdgeVision.Frames;

namespace EdgeVision.Capture.Ffmpeg;

/// <summary>Where ffmpeg lies, and what ends it when we are killed.</summary>
/// <param name="Ffmpeg">Full path.</param>
/// <param name="SetPriv">Full path of util-linux's setpriv, which is on every Debian; null without it.</param>
internal sealed record FfmpegProgram(string Ffmpeg, string? SetPriv)
{
    /// <summary>Environment variable that names the program instead of the search path.</summary>
    public const string Variable = "EDGEVISION_FFMPEG";

    /// <param name="variable">Of the environment, by name.</param>
    /// <exception cref="CaptureException">There is none.</exception>
    public static FfmpegProgram Find(Func<string, string?> variable)
    {
        ArgumentNullException.ThrowIfNull(variable);
        var folders = (variable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        if (variable(Variable) is { Length: > 0 } named)
        {
            if (!File.Exists(named)) throw new CaptureException($"{Variable} names '{named}', where no file is; correct it, or unset it to search the PATH.");
            return new FfmpegProgram(Path.GetFullPath(named), In(folders, "setpriv"));
        }

        return new FfmpegProgram(
            In(folders, "ffmpeg") ?? throw new CaptureException(
                $"ffmpeg is not installed, which plays streams and video files; install it (apt-get install ffmpeg), or name the program in {Variable}."),
            In(folders, "setpriv"));
    }

    private static string? In(string[] folders, string name) => folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}
