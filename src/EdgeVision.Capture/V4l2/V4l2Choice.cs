namespace EdgeVision.Capture.V4l2;

/// <summary>What to ask a camera for.</summary>
/// <param name="Code">Format.</param>
/// <param name="Width">Source pixels.</param>
/// <param name="Height">Source pixels.</param>
/// <param name="Interval">Null to leave the driver's rate as it is.</param>
internal readonly record struct V4l2Choice(FourCc Code, int Width, int Height, FrameInterval? Interval);
