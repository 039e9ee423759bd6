using System.Numerics.Tensors;

namespace EdgeVision.Quantize;

/// <summary>
/// Which values a tensor took. One pass: the span doubles when a value lies outside, two bins becoming one, so that nothing needs to be known
/// beforehand and the order of frames does not matter. Infinite or NaN values are a broken model and throw.
/// </summary>
internal sealed class ActivationHistogram
{
    /// <summary>The span is at most twice the largest value, so at least 4096 bins hold what was seen: 16 a code.</summary>
    public const int Bins = 8192;

    private readonly long[] _counts = new long[Bins];
    private double _reach = 1.0 / 1024;

    public float Least { get; private set; }

    public float Most { get; private set; }

    public ReadOnlySpan<long> Counts => _counts;

    public double BinWidth => 2 * _reach / Bins;

    public double CentreOf(int bin) => ((bin + 0.5) * BinWidth) - _reach;

    public void Add(ReadOnlySpan<float> values)
    {
        var (least, most) = (TensorPrimitives.Min(values), TensorPrimitives.Max(values));
        if (!float.IsFinite(least) || !float.IsFinite(most)) throw new QuantizeException("An activation is infinite or NaN on a calibration frame; the float model must work first.");
        (Least, Most) = (Math.Min(Least, least), Math.Max(Most, most));
        while (Math.Max(-Least, Most) >= _reach) Double();
        var perValue = (float)(1 / BinWidth);
        foreach (var value in values) _counts[Math.Clamp((int)MathF.Floor(value * perValue) + (Bins / 2), 0, Bins - 1)]++;
    }

    private void Double()
    {
        var narrow = (long[])_counts.Clone();
        Array.Clear(_counts);
        for (var i = 0; i < Bins; i++) _counts[(Bins / 4) + (i / 2)] += narrow[i];
        _reach *= 2;
    }
}
