namespace EdgeVision.OpenCv;

/// <summary>What OpenCV is asked to open: exactly one of <see cref="Webcam"/>, <see cref="Pipeline"/> and <see cref="File"/>.</summary>
public sealed record OpenCvCamera
{
    /// <summary>Number of a webcam, as OpenCV counts them: on Linux that of <c>/dev/videoN</c>.</summary>
    public int? Webcam { get; init; }

    /// <summary>A GStreamer pipeline as <c>gst-launch-1.0</c> takes it, ending in an appsink; may hold credentials, so it is shown by <see cref="Shown"/> only.</summary>
    public string? Pipeline { get; init; }

    /// <summary>Full path of a video.</summary>
    public string? File { get; init; }

    /// <summary>Source pixels asked of a webcam, which may give others; 0 for its own choice.</summary>
    public int Width { get; init; }

    /// <summary>Source pixels, as <see cref="Width"/>.</summary>
    public int Height { get; init; }

    /// <summary>Frames a second asked of a webcam, which may give others; 0 for its own choice.</summary>
    public double Fps { get; init; }

    /// <summary>For messages and logs; holds no credentials.</summary>
    public required string Shown { get; init; }
}
