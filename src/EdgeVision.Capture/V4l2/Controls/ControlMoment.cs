namespace EdgeVision.Capture.V4l2.Controls;

/// <summary>When controls are set: those that change the layout of frames before the format is chosen, all others after it, as ranges (of exposure) may depend on it.</summary>
public enum ControlMoment
{
    /// <summary>Live: all, now.</summary>
    Any,

    BeforeFormat,

    AfterFormat,
}
