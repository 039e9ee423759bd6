namespace EdgeVision.Capture.Ffmpeg.Nut;

/// <summary>The header of one frame, whose bytes come next.</summary>
/// <param name="Time">Presentation time on the stream's own clock.</param>
/// <param name="Length">Bytes of data.</param>
internal readonly record struct NutFrame(TimeSpan Time, int Length);
