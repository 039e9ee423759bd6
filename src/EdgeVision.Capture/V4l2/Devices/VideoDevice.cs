using EdgeVision.Capture.Kernel;

namespace EdgeVision.Capture.V4l2.Devices;

/// <summary>A video device of this machine, as it introduces itself.</summary>
public sealed record VideoDevice
{
    /// <summary><c>/dev/video0</c>; may be another after a replug or a restart.</summary>
    public required string Path { get; init; }

    /// <summary>Names that udev gives it and that stay: <c>/dev/v4l/by-id/…</c> (this camera), then <c>/dev/v4l/by-path/…</c> (this plug). Empty without udev, as in most containers.</summary>
    public required IReadOnlyList<string> Links { get; init; }

    /// <summary>Permissions; null where the node is no device any more.</summary>
    public required DeviceNode? Node { get; init; }

    /// <summary>What the maker calls it; empty where it cannot be opened.</summary>
    public string Name { get; init; } = "";

    public string Driver { get; init; } = "";

    public string BusInfo { get; init; } = "";

    public V4l2Capabilities Capabilities { get; init; }

    /// <summary>Gives frames, so that it can be a camera.</summary>
    public bool CanCapture { get; init; }

    /// <summary>Why it cannot be opened, in one sentence; null when it can.</summary>
    public string? Error { get; init; }

    /// <summary>What the node is for, in a word or two.</summary>
    public string Purpose => this switch
    {
        { Error: not null } => "unknown",
        { CanCapture: true } => "camera",
        _ when (Capabilities & (V4l2Capabilities.VideoM2m | V4l2Capabilities.VideoM2mMplane)) != 0 => "codec",
        _ when Capabilities.HasFlag(V4l2Capabilities.MetadataCapture) => "metadata",
        _ when (Capabilities & (V4l2Capabilities.VideoOutput | V4l2Capabilities.VideoOutputMplane)) != 0 => "output",
        _ => "other",
    };
}
