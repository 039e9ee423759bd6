namespace EdgeVision.Capture.Ffmpeg.Nut;

/// <summary>What the first byte of a frame stands for: one row of the table in the main header.</summary>
/// <param name="Flags">What else stands in the frame's header.</param>
/// <param name="StreamId">When the header names none.</param>
/// <param name="SizeFactor">The size is this times the coded part, plus <paramref name="SizeRest"/>.</param>
/// <param name="SizeRest">See <paramref name="SizeFactor"/>.</param>
/// <param name="PtsDelta">Ticks since the last frame, when no time is coded.</param>
/// <param name="Reserved">Numbers to pass over.</param>
/// <param name="Elided">Which of the elision headers the data began with.</param>
internal readonly record struct NutFrameCode(NutFlags Flags, int StreamId, int SizeFactor, int SizeRest, long PtsDelta, int Reserved, int Elided);
