namespace EdgeVision.Quantize;

/// <summary>How an activation is stored in 8 bits: value = (code − <paramref name="ZeroPoint"/>) · <paramref name="Scale"/>, code 0..255.</summary>
internal readonly record struct ActivationRange(float Scale, byte ZeroPoint)
{
    public const int Codes = 256;

    /// <summary>The finest that holds both ends. Zero gets a code of its own, since convolutions pad with it.</summary>
    public static ActivationRange Between(double least, double most)
    {
        var (low, high) = (Math.Min(least, 0), Math.Max(most, 0));
        if (high - low < 1e-12) return new ActivationRange(1, 0);
        var scale = (float)((high - low) / (Codes - 1));
        return new ActivationRange(scale, (byte)Math.Clamp(Math.Round(-low / scale), 0, Codes - 1));
    }

    /// <summary>What becomes of <paramref name="value"/>.</summary>
    public double Round(double value) => (Math.Clamp(Math.Round(value / Scale) + ZeroPoint, 0, Codes - 1) - ZeroPoint) * Scale;
}
