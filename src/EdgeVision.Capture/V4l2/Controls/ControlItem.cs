namespace EdgeVision.Capture.V4l2.Controls;

/// <summary>One choice of a menu.</summary>
/// <param name="Value">What the control is set to for it.</param>
/// <param name="Name">As the driver says it: <c>50 Hz</c>; of an integer menu the number.</param>
public sealed record ControlItem(long Value, string Name);
