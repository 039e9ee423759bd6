namespace EdgeVision.Capture.V4l2;

/// <summary>A frame rate a camera offers: one, or all between two.</summary>
public readonly record struct OfferedRate(FrameInterval Shortest, FrameInterval Longest)
{
    public double MaxFps => Shortest.Fps;

    public double MinFps => Longest.Fps;

    public override string ToString() => Shortest == Longest ? $"{Shortest}" : $"{Longest}…{Shortest}";
}
