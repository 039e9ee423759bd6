namespace EdgeVision.Capture.V4l2.Controls;

/// <summary>What values a control takes; numbers are those of enum v4l2_ctrl_type.</summary>
public enum ControlKind
{
    /// <summary>A type that is not set by name: areas, matrices, codec parameters.</summary>
    Other = 0,

    Integer = 1,
    Boolean = 2,
    Menu = 3,

    /// <summary>Does something when set, and has no value.</summary>
    Button = 4,

    Integer64 = 5,
    Text = 7,
    Bitmask = 8,

    /// <summary>A menu whose items are numbers.</summary>
    IntegerMenu = 9,
}
