using System.Diagnostics.CodeAnalysis;

namespace EdgeVision.Frames;

/// <summary>
/// Turns a compressed frame into pixels, in place (<see cref="Frame.Become"/>). False, and the frame as it was, for a broken picture, an
/// ordinary outcome of a camera with a bad cable; the reason is a clause, for the end of somebody's sentence.
/// </summary>
/// <param name="frame">The picture; stays the caller's.</param>
/// <param name="leastScale">Above 0, at most 1: a decoder that can do so cheaply stores fewer pixels, but never less than this share of each side.</param>
/// <param name="reason">Why there are no pixels.</param>
public delegate bool FrameDecoder(Frame frame, float leastScale, [NotNullWhen(false)] out string? reason);
