using SkiaSharp;

namespace EdgeVision.Imaging.Plots;

/// <summary>A curve in the unit square.</summary>
/// <param name="Name">For the legend.</param>
/// <param name="Points">x and y, 0..1.</param>
/// <param name="Colour">Of line and legend.</param>
/// <param name="Filled">A tint down to the axis, for the one that matters.</param>
internal sealed record PlotCurve(string Name, IReadOnlyList<SKPoint> Points, SKColor Colour, bool Filled = false);
