namespace EdgeVision.Capture.V4l2;

/// <summary>Time from one frame to the next, in seconds as a fraction: drivers say 1001/30000, which no decimal number is.</summary>
public readonly record struct FrameInterval(uint Numerator, uint Denominator)
{
    /// <summary>Frames a second; 0 where the driver does not say.</summary>
    public double Fps => Numerator == 0 ? 0 : (double)Denominator / Numerator;

    /// <summary>The interval of a rate that people write.</summary>
    /// <param name="fps">0.01 … 1000.</param>
    public static FrameInterval OfFps(double fps) => Math.Abs(fps - Math.Round(fps)) < 1e-9 ? new FrameInterval(1, (uint)Math.Round(fps)) : new FrameInterval(1000, (uint)Math.Round(fps * 1000));

    public override string ToString() => FormattableString.Invariant($"{Math.Round(Fps, 2)}");
}
