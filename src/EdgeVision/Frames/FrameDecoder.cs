using System.Diagnostics.CodeAnalysis;

namespace EdgeVision.Frames;

/// <summary>
/// Turns a compressed frame into pixels. False for a broken picture, an ordinary outcome of a camera with a bad cable; the reason is a
/// clause, for the end of somebody's sentence.
/// The caller keeps owning <paramref name="compressed"/> and owns <paramref name="decoded"/>, which carries the same sequence and times.
/// </summary>
public delegate bool FrameDecoder(Frame compressed, [NotNullWhen(true)] out Frame? decoded, [NotNullWhen(false)] out string? reason);
