using EdgeVision.Inference;

namespace EdgeVision;

/// <summary>Told what each frame showed, on the camera loop, after all filters: must be quick and never throw.</summary>
/// <param name="detections">Boxes in source pixels; valid only during the call.</param>
/// <param name="timestamp">Of capture, <see cref="TimeProvider.GetTimestamp"/>.</param>
public delegate void DetectionObserver(ReadOnlySpan<Detection> detections, long timestamp);
