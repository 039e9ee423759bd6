namespace EdgeVision.Capture.V4l2;

/// <summary>What lies in one plane's buffer, as the driver says.</summary>
/// <param name="Offset">Bytes before the picture.</param>
/// <param name="BytesUsed">With those.</param>
internal readonly record struct PlaneFill(uint Offset, uint BytesUsed);
