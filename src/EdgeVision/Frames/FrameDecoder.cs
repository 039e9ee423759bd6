using System.Diagnostics.CodeAnalysis;

namespace EdgeVision.Frames;

/// <summary>
/// Turns a compressed frame into pixels. False for a broken picture, an ordinary outcome of a camera with a bad cable; the reason is a
/// clause, for the end of somebody's sentence.
/// The caller keeps owning <paramref name="compressed"/> and owns <paramref name="decoded"/>, which carries the same sequence, times and
/// source size.
/// </summary>
/// <param name="compressed">The picture.</param>
/// <param name="leastScale">Above 0, at most 1: a decoder that can do so cheaply stores fewer pixels, but never less than this share of each side.</param>
/// <param name="decoded">The pixels.</param>
/// <param name="reason">Why there are none.</param>
public delegate bool FrameDecoder(
    Frame compressed, float leastScale, [NotNullWhen(true)] out Frame? decoded, [NotNullWhen(false)] out string? reason);
