namespace EdgeVision.Capture.V4l2;

/// <summary>Reads what drivers answer, and believes nothing: an answer that makes no sense is no answer.</summary>
internal static class V4l2Answers
{
    /// <summary>False for answers without a size that a picture can have.</summary>
    public static bool TrySize(in V4l2Abi.FrameSizeEntry entry, out OfferedRange width, out OfferedRange height)
    {
        (width, height) = (default, default);
        if (entry.Type == V4l2Abi.Discrete) return TryRange(entry.DiscreteWidth, entry.DiscreteWidth, 1, out width) && TryRange(entry.DiscreteHeight, entry.DiscreteHeight, 1, out height);
        if (entry.Type is not (V4l2Abi.Continuous or V4l2Abi.Stepwise)) return false;
        return TryRange(entry.MinWidth, entry.MaxWidth, entry.StepWidth, out width) && TryRange(entry.MinHeight, entry.MaxHeight, entry.StepHeight, out height);
    }

    /// <summary>False for answers without a rate.</summary>
    public static bool TryRate(in V4l2Abi.FrameIntervalEntry entry, out OfferedRate rate)
    {
        rate = default;
        if (entry.Type is not (V4l2Abi.Discrete or V4l2Abi.Continuous or V4l2Abi.Stepwise) || !TryInterval(entry.Min, out var shortest)) return false;
        var longest = shortest;
        if (entry.Type != V4l2Abi.Discrete && (!TryInterval(entry.Max, out longest) || longest.Fps > shortest.Fps)) return false;
        rate = new OfferedRate(shortest, longest);
        return true;
    }

    public static bool TryInterval(in V4l2Abi.Fraction fraction, out FrameInterval interval)
    {
        interval = new FrameInterval(fraction.Numerator, fraction.Denominator);
        return fraction.Numerator > 0 && fraction.Denominator > 0;
    }

    private static bool TryRange(uint min, uint max, uint step, out OfferedRange range)
    {
        range = default;
        if (min == 0 || max < min || min > V4l2Device.MaxSide) return false;
        range = new OfferedRange((int)min, (int)Math.Min(max, V4l2Device.MaxSide), (int)Math.Clamp(step, 1, V4l2Device.MaxSide));
        return true;
    }
}
