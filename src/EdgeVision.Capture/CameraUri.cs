using System.Diagnostics.CodeAnalysis;
using EdgeVision.Capture.Ffmpeg;

namespace EdgeVision.Capture;

/// <summary>
/// Where a camera's frames come from, as people write it: <c>v4l2:///dev/video0</c>, <c>file:clip.mjpeg?loop=true&amp;fps=10</c>, <c>file:///full/path.mjpeg</c>,
/// <c>dir:pictures?fps=2</c>, <c>test:pattern?width=640&amp;height=480&amp;fps=30</c>. Parsing opens nothing and never throws.
/// </summary>
public sealed partial record CameraUri
{
    /// <summary>Longer ones are a mistake or an attack.</summary>
    public const int MaxLength = 4096;

    /// <summary>Where a file has no rate of its own.</summary>
    public const double DefaultFileFps = 10;

    private const string Known = "known are v4l2: (camera on this machine), file: (MJPEG clip or video), dir: (folder of pictures), rtsp:, rtsps:, http:, https:, opencv: (where built in) and test:pattern";

    private CameraUri()
    {
    }

    public required CameraScheme Scheme { get; init; }

    /// <summary>Full path of the clip or folder; empty for the test pattern.</summary>
    public required string Path { get; init; }

    /// <summary>Frames a second, 0.01 … 1000; 0 for a stream that has its own.</summary>
    public required double Fps { get; init; }

    /// <summary>Begins again at the end.</summary>
    public bool Loop { get; init; }

    /// <summary>Source pixels; only of the test pattern.</summary>
    public int Width { get; init; }

    /// <summary>Source pixels; only of the test pattern.</summary>
    public int Height { get; init; }

    /// <summary>Of a stream; null for others.</summary>
    public VideoAddress? Address { get; init; }

    /// <summary>How ffmpeg plays it; null where it never does.</summary>
    public FfmpegOptions? Ffmpeg { get; init; }

    /// <param name="text">As written; surrounding blanks do not matter.</param>
    /// <param name="baseDirectory">Full path where relative paths start.</param>
    /// <param name="uri">The result.</param>
    /// <param name="error">One sentence that shows the text masked and says what to do.</param>
    public static bool TryParse(string text, string baseDirectory, [NotNullWhen(true)] out CameraUri? uri, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        uri = null;
        text = text.Trim();
        if (text.Length > MaxLength)
        {
            error = $"The camera URI has {text.Length} characters; at most {MaxLength} are read.";
            return false;
        }

        var shown = CameraUriMask.Apply(text);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || !IsScheme(text.AsSpan(0, colon)))
        {
            error = $"'{shown}' is no camera URI: it has no scheme; {Known}. {(text.StartsWith("/dev/", StringComparison.Ordinal) ? $"A camera is v4l2://{shown}" : $"A clip is file:{(text.Length > 0 ? shown : "clip.mjpeg")}")}.";
            return false;
        }

        var scheme = text[..colon].ToLowerInvariant();
        var question = IsPipeline(text) ? -1 : text.IndexOf('?', colon);
        var body = question < 0 ? text[(colon + 1)..] : text[(colon + 1)..question];
        var query = CameraUriQuery.Parse(question < 0 ? "" : text[(question + 1)..]);
        if (scheme is "rtsp" or "rtsps" or "http" or "https") (body, query) = SplitStream(text[(colon + 1)..]);
        uri = scheme switch
        {
            "rtsp" or "rtsps" or "http" or "https" => Stream(scheme, body, query),
            "file" => Replay(CameraScheme.File, "clip", body, query, baseDirectory, DefaultFileFps),
            "dir" => Replay(CameraScheme.Directory, "folder", body, query, baseDirectory, 1),
            "test" => Pattern(body, query),
            "v4l2" => OfV4l2(body, query),
            OpenCvScheme => OpenCv(text, body, query, baseDirectory),
            _ => null,
        };
        if (uri is null && query.Error is null)
        {
            query.Refuse($"the scheme '{scheme}' is not known; {Known}");
        }

        query.RefuseUnknown();
        error = query.Error is null ? null : $"'{shown}': {query.Error}.";
        if (error is null) return uri is not null;
        uri = null;
        return false;
    }

    /// <summary>For people and logs; holds no credentials.</summary>
    public override string ToString() => Scheme switch
    {
        CameraScheme.File => $"file {Path}",
        CameraScheme.Directory => $"folder {Path}",
        CameraScheme.V4l2 => $"camera {Path}",
        CameraScheme.OpenCv => ToOpenCvString(),
        CameraScheme.Stream => $"stream {Address}",
        _ => FormattableString.Invariant($"test pattern {Width} × {Height} at {Fps} fps"),
    };

    /// <summary>RFC 3986, 3.1: a letter, then letters, digits, '+', '-', '.'.</summary>
    internal static bool IsScheme(ReadOnlySpan<char> text)
    {
        foreach (var letter in text)
        {
            if (!char.IsAsciiLetterOrDigit(letter) && letter is not ('+' or '-' or '.')) return false;
        }

        return text.Length > 0 && char.IsAsciiLetter(text[0]);
    }

    private static CameraUri? Replay(CameraScheme scheme, string what, string body, CameraUriQuery query, string baseDirectory, double fps)
    {
        var name = scheme is CameraScheme.File ? "file" : "dir";
        var path = Uri.UnescapeDataString(body);
        if (path.StartsWith("///", StringComparison.Ordinal)) path = path[2..];
        else if (path.StartsWith("//", StringComparison.Ordinal)) query.Refuse($"two slashes name a host; write three for a full path ({what} {name}:///full/path) or none for a relative one");
        if (path.Length == 0) query.Refuse($"the path of the {what} is missing");
        if (path.Contains("://", StringComparison.Ordinal)) query.Refuse($"the {what} is a path, not another address; leave {name}: away");
        if (path.Contains('\0', StringComparison.Ordinal)) query.Refuse("the path holds a NUL character");
        var loop = query.Flag("loop", false);
        var given = query.Number("fps", 0, 0.01, 1000);
        var video = scheme is CameraScheme.File ? FfmpegOptions.OfFile(query, loop, given) : null;
        return query.Error is not null ? null : new CameraUri
        {
            Scheme = scheme,
            Path = System.IO.Path.GetFullPath(path, baseDirectory),
            Fps = given > 0 ? given : fps,
            Loop = loop,
            Ffmpeg = video,
        };
    }

    /// <summary>All up to '#' is the server's, its own keys behind '?' too; ours stand behind it, where no server ever looks.</summary>
    private static (string Body, CameraUriQuery Query) SplitStream(string text)
    {
        var hash = text.IndexOf('#', StringComparison.Ordinal);
        if (hash < 0) return (text, CameraUriQuery.Parse(""));
        if (text.IndexOf('@', hash) < 0) return (text[..hash], CameraUriQuery.Parse(text[(hash + 1)..]));
        // A password that held a '#': nothing of what follows may be repeated.
        var query = CameraUriQuery.Parse("");
        query.Refuse("behind # stands an @, which none of our keys has; percent-encode what a user or password holds of / ? # @ :");
        return (text[..hash], query);
    }

    private static CameraUri? Stream(string scheme, string body, CameraUriQuery query)
    {
        if (VideoAddress.Parse(scheme, body, query) is not { } address) return null;
        var options = FfmpegOptions.OfStream(query, address);
        return query.Error is not null ? null : new CameraUri { Scheme = CameraScheme.Stream, Path = "", Fps = options.Fps, Loop = options.Loop, Address = address, Ffmpeg = options };
    }

    private static CameraUri? Pattern(string body, CameraUriQuery query)
    {
        if (body != "pattern") query.Refuse("the only test source is test:pattern");
        var uri = new CameraUri
        {
            Scheme = CameraScheme.TestPattern,
            Path = "",
            Width = (int)query.Number("width", 640, 16, 8192, whole: true),
            Height = (int)query.Number("height", 480, 16, 8192, whole: true),
            Fps = query.Number("fps", 30, 0.01, 1000),
        };
        return query.Error is null ? uri : null;
    }
}
