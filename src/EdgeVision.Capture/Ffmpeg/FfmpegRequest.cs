namespace EdgeVision.Capture.Ffmpeg;

/// <summary>What ffmpeg is to play.</summary>
internal sealed record FfmpegRequest
{
    /// <summary>A stream; null for a file.</summary>
    public VideoAddress? Address { get; init; }

    /// <summary>Full path of a file; empty for a stream.</summary>
    public string Path { get; init; } = "";

    public required FfmpegOptions Options { get; init; }

    /// <summary>Where the password of a stream comes from.</summary>
    public CameraLogin Login { get; init; } = CameraLogin.None;

    /// <summary>For people and logs; holds no credentials.</summary>
    public override string ToString() => Address is { } address ? address.ToString() : Path;
}
