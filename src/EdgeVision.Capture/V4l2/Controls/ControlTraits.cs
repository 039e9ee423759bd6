namespace EdgeVision.Capture.V4l2.Controls;

/// <summary>What a driver says of a control at the moment; numbers are those of V4L2_CTRL_FLAG_….</summary>
[Flags]
public enum ControlTraits
{
    None = 0,

    /// <summary>Never to be used.</summary>
    Disabled = 0x0001,

    /// <summary>Held by somebody for now: another program, or the stream that runs.</summary>
    Grabbed = 0x0002,

    ReadOnly = 0x0004,

    /// <summary>Setting it changes others: an automatic mode.</summary>
    ChangesOthers = 0x0008,

    /// <summary>Without effect for now: another control, mostly an automatic mode, has it.</summary>
    Inactive = 0x0010,

    WriteOnly = 0x0040,

    /// <summary>The camera changes it by itself.</summary>
    Volatile = 0x0080,

    /// <summary>The value is not a number but lies in memory.</summary>
    HasPayload = 0x0100,

    /// <summary>Setting it changes the size or layout of frames, so it comes before the format.</summary>
    ChangesLayout = 0x0400,

    /// <summary>Those that mean something here.</summary>
    All = Disabled | Grabbed | ReadOnly | ChangesOthers | Inactive | WriteOnly | Volatile | HasPayload | ChangesLayout,
}
