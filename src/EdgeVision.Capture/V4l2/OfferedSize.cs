namespace EdgeVision.Capture.V4l2;

/// <summary>A picture size, or a range of them, that a camera offers in one format.</summary>
/// <param name="Width">Source pixels.</param>
/// <param name="Height">Source pixels.</param>
/// <param name="Rates">At this size, of a range at its largest; empty where the driver does not say.</param>
public sealed record OfferedSize(OfferedRange Width, OfferedRange Height, IReadOnlyList<OfferedRate> Rates)
{
    /// <summary>Frames a second; 0 where the driver does not say.</summary>
    public double MaxFps => Rates.Count == 0 ? 0 : Rates.Max(static rate => rate.MaxFps);

    /// <summary>As people write it: 640×480 at 30, 15.</summary>
    public override string ToString() => $"{Width}×{Height}{(Rates.Count == 0 ? "" : $" at {string.Join(", ", Rates.Take(4))}{(Rates.Count > 4 ? " …" : "")} fps")}";
}
