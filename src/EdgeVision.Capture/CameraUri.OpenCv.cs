namespace EdgeVision.Capture;

/// <summary>
/// <c>opencv:0?width=640&amp;height=480&amp;fps=30</c>, a webcam; <c>opencv:clip.mp4</c>, a file; <c>opencv:videotestsrc ! videoconvert ! appsink</c>, a GStreamer
/// pipeline. A pipeline is known by its '!' and taken as it stands, from the colon on: '?', '&amp;', '=', '%' and quotes are GStreamer's, nothing is decoded
/// and there are no keys. In the path of a file '!' and '?' are written %21 and %3F.
/// </summary>
public sealed partial record CameraUri
{
    private const string OpenCvScheme = "opencv";

    /// <summary>OpenCV takes hundreds for the number of a driver: 251 is camera 51 of V4L2.</summary>
    private const int MaxWebcam = 99;

    /// <summary>Number of a webcam; only of opencv: and null for its files and pipelines.</summary>
    public int? Webcam { get; init; }

    /// <summary>A GStreamer pipeline, which may hold credentials; only of opencv:.</summary>
    public string? Pipeline { get; init; }

    /// <summary>True when everything behind the colon is a pipeline.</summary>
    internal static bool IsPipeline(ReadOnlySpan<char> text) => text.StartsWith(OpenCvScheme + ":", StringComparison.OrdinalIgnoreCase) && text.Contains('!');

    private static CameraUri? OpenCv(string text, string body, CameraUriQuery query, string baseDirectory)
    {
        if (IsPipeline(text)) return OpenCvPipeline(body.Trim(), query);
        if (body.Length > 0 && body.All(char.IsAsciiDigit)) return OpenCvWebcam(body, query);
        return OpenCvFile(Uri.UnescapeDataString(body), query, baseDirectory);
    }

    private static CameraUri? OpenCvPipeline(string pipeline, CameraUriQuery query)
    {
        if (pipeline.Contains('\0', StringComparison.Ordinal)) query.Refuse("the pipeline holds a NUL character");
        if (!pipeline.Contains("appsink", StringComparison.Ordinal))
            query.Refuse("the pipeline has no appsink, which is where OpenCV takes its frames; end it with ! videoconvert ! video/x-raw,format=BGR ! appsink drop=true max-buffers=1");
        return query.Error is null ? new CameraUri { Scheme = CameraScheme.OpenCv, Path = "", Fps = 0, Pipeline = pipeline } : null;
    }

    private static CameraUri? OpenCvWebcam(string number, CameraUriQuery query)
    {
        if (!int.TryParse(number, out var webcam) || webcam > MaxWebcam) query.Refuse($"the number of the webcam is not one from 0 to {MaxWebcam}");
        var uri = new CameraUri
        {
            Scheme = CameraScheme.OpenCv,
            Path = "",
            Webcam = webcam,
            Width = (int)query.Number("width", 0, 0, 8192, whole: true),
            Height = (int)query.Number("height", 0, 0, 8192, whole: true),
            Fps = query.Number("fps", 0, 0, 1000),
        };
        return query.Error is null ? uri : null;
    }

    private static CameraUri? OpenCvFile(string path, CameraUriQuery query, string baseDirectory)
    {
        if (path.StartsWith("///", StringComparison.Ordinal)) path = path[2..];
        else if (path.StartsWith("//", StringComparison.Ordinal)) query.Refuse("two slashes name a host; write three for a full path (opencv:///full/path) or none for a relative one");
        if (path.Length == 0) query.Refuse("what to open is missing: the number of a webcam (opencv:0), the path of a video, or a GStreamer pipeline that ends in ! appsink");
        if (path.Contains("://", StringComparison.Ordinal)) query.Refuse("a path was expected, not another address; leave opencv: away");
        if (path.Contains('\0', StringComparison.Ordinal)) query.Refuse("the path holds a NUL character");
        if (query.IsGiven) query.Refuse("keys belong to a webcam (opencv:0?width=640); a file has none, and a '?' in its name is written %3F");
        return query.Error is null ? new CameraUri { Scheme = CameraScheme.OpenCv, Path = System.IO.Path.GetFullPath(path, baseDirectory), Fps = 0 } : null;
    }

    private string ToOpenCvString() =>
        Webcam is { } webcam ? FormattableString.Invariant($"OpenCV webcam {webcam}")
        : Pipeline is { } pipeline ? $"OpenCV pipeline {CameraUriMask.Apply($"{OpenCvScheme}:{pipeline}")[(OpenCvScheme.Length + 1)..]}"
        : $"OpenCV file {Path}";
}
