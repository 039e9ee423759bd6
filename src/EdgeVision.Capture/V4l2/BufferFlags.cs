namespace EdgeVision.Capture.V4l2;

/// <summary>V4L2_BUF_FLAG_*: what the driver says of a buffer.</summary>
[Flags]
internal enum BufferFlags : uint
{
    None = 0,
    Mapped = 0x0001,
    Queued = 0x0002,
    Done = 0x0004,

    /// <summary>The picture is damaged; the buffer is good.</summary>
    Error = 0x0040,

    /// <summary>The bits that tell the clock of the stamp.</summary>
    TimestampMask = 0xe000,
    TimestampMonotonic = 0x2000,

    /// <summary>The bits that tell the instant of the stamp; all clear is end of frame.</summary>
    StampSourceMask = 0x7_0000,
    StampStartOfExposure = 0x1_0000,
    Last = 0x10_0000,
}
