namespace EdgeVision.Capture.V4l2;

/// <summary>Whether frames are lent from the driver's memory or copied out of it (docs/adr/0010-v4l2-buffers.md).</summary>
public enum V4l2Copy
{
    /// <summary>Lent, unless the driver's memory proves slow to read when the camera starts.</summary>
    Auto,

    Never,

    Always,
}
