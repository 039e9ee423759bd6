namespace EdgeVision.Capture.V4l2.Controls;

/// <summary>How setting a control went.</summary>
public enum ControlStatus
{
    /// <summary>The camera has the value, read back.</summary>
    Set,

    /// <summary>The camera took another value.</summary>
    Adjusted,

    /// <summary>The camera has the value and does not use it: an automatic mode is on.</summary>
    Inactive,

    /// <summary>The camera would not.</summary>
    Refused,

    /// <summary>There is no such control, or it takes no such value. Nothing was asked of the camera.</summary>
    Mistaken,

    /// <summary>No camera is open; it will be set when one is.</summary>
    Waiting,
}
