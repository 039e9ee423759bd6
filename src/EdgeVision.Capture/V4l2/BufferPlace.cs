namespace EdgeVision.Capture.V4l2;

/// <summary>Who has a buffer.</summary>
internal enum BufferPlace
{
    /// <summary>The source: it is filled and being looked at, or was never queued.</summary>
    Here,

    /// <summary>The driver, to fill.</summary>
    Driver,

    /// <summary>A frame.</summary>
    Lent,
}
