namespace EdgeVision.Capture.V4l2;

/// <summary>V4L2_CAP_*: what a device node can do.</summary>
[Flags]
public enum V4l2Capabilities : uint
{
    None = 0,
    VideoCapture = 0x0000_0001,
    VideoOutput = 0x0000_0002,

    /// <summary>Captures frames whose planes may lie in several buffers; the way of many camera interfaces of boards.</summary>
    VideoCaptureMplane = 0x0000_1000,
    VideoOutputMplane = 0x0000_2000,

    /// <summary>Codecs and scalers: no cameras, though they capture too.</summary>
    VideoM2mMplane = 0x0000_4000,
    VideoM2m = 0x0000_8000,
    MetadataCapture = 0x0080_0000,
    ReadWrite = 0x0100_0000,
    Streaming = 0x0400_0000,

    /// <summary>The node's own capabilities are told apart from those of the whole device.</summary>
    DeviceCaps = 0x8000_0000,
}
