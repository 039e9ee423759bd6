namespace EdgeVision.Capture.Ffmpeg.Nut;

/// <summary>The one video stream, as its header says.</summary>
/// <param name="FourCc">What the bytes of a frame are, first letter in the lowest byte.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Numerator">Seconds of one tick of the time stamps: numerator by denominator.</param>
/// <param name="Denominator">See <paramref name="Numerator"/>.</param>
/// <param name="PtsBits">How many low bits of a time stamp stand in a frame whose time is near the last one's.</param>
internal readonly record struct NutStream(uint FourCc, int Width, int Height, long Numerator, long Denominator, int PtsBits)
{
    /// <summary>A time stamp as time; saturates far beyond any clip.</summary>
    public TimeSpan ToTime(long pts)
    {
        var ticks = (Int128)pts * Numerator * TimeSpan.TicksPerSecond / Denominator;
        return TimeSpan.FromTicks((long)Int128.Clamp(ticks, long.MinValue / 4, long.MaxValue / 4));
    }
}
