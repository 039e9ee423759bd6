namespace EdgeVision.Module.Commands;

/// <summary>One frame of a pulse, measured from the kernel's stamp of the edge.</summary>
/// <param name="Edge">The trigger's own count.</param>
/// <param name="Frame">The camera's own count.</param>
/// <param name="Exposure">When the frame's exposure began; may be negative.</param>
/// <param name="IsEstimated">The camera stamps the end of frames: one interval was taken off.</param>
/// <param name="Taken">When the frame was in our hands.</param>
/// <param name="Detected">When detection was done.</param>
/// <param name="Written">When the output line was switched; null without one.</param>
/// <param name="Remark">What is wrong with the frame, a sentence; null when it is the pulse's own.</param>
internal sealed record LatencySample(long Edge, long Frame, TimeSpan Exposure, bool IsEstimated, TimeSpan Taken, TimeSpan Detected, TimeSpan? Written, string? Remark);
