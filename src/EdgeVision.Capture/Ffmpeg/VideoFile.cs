using EdgeVision.Imaging;

namespace EdgeVision.Capture.Ffmpeg;

/// <summary>Tells the files that ffmpeg plays from MJPEG clips, which are played without it.</summary>
internal static class VideoFile
{
    /// <summary>Of files whose first bytes say nothing: bare streams, and files that are not there.</summary>
    private static readonly string[] Names =
    [
        ".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".ts", ".mts", ".m2ts", ".flv", ".wmv", ".asf", ".mpg", ".mpeg", ".ogv", ".3gp", ".h264", ".264", ".h265", ".265", ".hevc",
        ".av1", ".ivf", ".obu", ".nut", ".y4m", ".mxf", ".dv", ".gif",
    ];

    /// <summary>By the content where that says it, else by the name. Never throws: who opens the file says what is wrong with it.</summary>
    public static bool IsOne(string path)
    {
        var byName = Names.Any(name => path.EndsWith(name, StringComparison.OrdinalIgnoreCase));
        if (RegularFile.Otherwise(path) is not null) return byName;
        try
        {
            using var file = File.OpenHandle(path);
            Span<byte> start = stackalloc byte[PictureSignature.MaxBytes];
            var kind = PictureSignature.Name(start[..RandomAccess.Read(file, start, 0)]);
            if (kind == PictureSignature.Jpeg) return false;
            return kind.EndsWith("video", StringComparison.Ordinal) || byName;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return byName;
        }
    }
}
