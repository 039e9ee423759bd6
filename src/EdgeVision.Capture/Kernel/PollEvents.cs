namespace EdgeVision.Capture.Kernel;

/// <summary>poll(2): what to wait for, and what happened.</summary>
[Flags]
internal enum PollEvents : short
{
    None = 0,

    /// <summary>Something can be read.</summary>
    In = 0x001,

    /// <summary>Something exceptional: for a V4L2 device an event to dequeue.</summary>
    Priority = 0x002,

    /// <summary>Only as an answer: the device is in an error or gone.</summary>
    Error = 0x008,

    /// <summary>Only as an answer: the other end is gone.</summary>
    HangUp = 0x010,

    /// <summary>Only as an answer: no such descriptor.</summary>
    Invalid = 0x020,
}
