namespace EdgeVision.Quantize;

/// <summary>
/// A convolution's weights in 8 bits, symmetric, one scale per output channel (Krishnamoorthi, "Quantizing deep convolutional networks for
/// efficient inference", 2018, section 2.2). Deviation: the scale is the one with the least squared error, not the one of the largest weight.
/// </summary>
internal sealed class QuantizedWeights
{
    /// <summary>A channel's largest weight is tried at 100 %, 99 % … 60 %.</summary>
    private const int Steps = 41;

    private QuantizedWeights(sbyte[] codes, float[] scales, long[] shape) => (Codes, Scales, Shape) = (codes, scales, shape);

    public sbyte[] Codes { get; }

    /// <summary>Of each output channel.</summary>
    public float[] Scales { get; }

    /// <summary>[output channels, input channels / groups, kernel height, kernel width].</summary>
    public long[] Shape { get; }

    /// <param name="weights">Of <paramref name="shape"/>.</param>
    /// <param name="shape">Output channels first.</param>
    /// <param name="bits">
    /// 7 or 8. x86 processors without VNNI add two products in 16 bits (vpmaddubsw), which 8-bit weights overflow and 7-bit weights cannot:
    /// 2 · 255 · 63 &lt; 32768. Measured in docs/adr/0006-int8.md.
    /// </param>
    public static QuantizedWeights Of(ReadOnlySpan<float> weights, long[] shape, int bits)
    {
        var channels = (int)shape[0];
        var size = weights.Length / channels;
        var (codes, scales) = (new sbyte[weights.Length], new float[channels]);
        var largest = (1 << (bits - 1)) - 1;
        for (var c = 0; c < channels; c++)
        {
            var channel = weights.Slice(c * size, size);
            scales[c] = BestScale(channel, largest);
            for (var i = 0; i < size; i++) codes[(c * size) + i] = (sbyte)Code(channel[i], scales[c], largest);
        }

        return new QuantizedWeights(codes, scales, shape);
    }

    /// <summary>
    /// What rounding the weights adds to the mean of each output channel, with inputs of the given channel means: a bias that the layer's own can
    /// take back (Nagel et al., "Data-free quantization through weight equalization and bias correction", 2019, section 4.2, with measured means).
    /// </summary>
    public float[] MeanShift(ReadOnlySpan<float> weights, ReadOnlySpan<double> inputMeans)
    {
        var (shift, perChannel, kernel) = (new float[Scales.Length], Codes.Length / Scales.Length, (int)(Shape[2] * Shape[3]));
        var inputs = (int)Shape[1];
        var perGroup = Scales.Length / (inputMeans.Length / inputs);
        for (var c = 0; c < Scales.Length; c++)
        {
            var sum = 0.0;
            for (var i = 0; i < perChannel; i++)
            {
                var at = (c * perChannel) + i;
                sum += ((Codes[at] * (double)Scales[c]) - weights[at]) * inputMeans[(c / perGroup * inputs) + (i / kernel)];
            }

            shift[c] = (float)sum;
        }

        return shift;
    }

    private static int Code(float weight, float scale, int largest) => (int)Math.Clamp(MathF.Round(weight / scale), -largest, largest);

    private static float BestScale(ReadOnlySpan<float> channel, int largest)
    {
        var most = 0f;
        foreach (var weight in channel) most = Math.Max(most, Math.Abs(weight));
        if (most == 0) return 1;
        var (best, bestError) = (0f, double.PositiveInfinity);
        for (var step = 0; step < Steps; step++)
        {
            var scale = most * (1 - (step * 0.01f)) / largest;
            var error = 0.0;
            foreach (var weight in channel)
            {
                var miss = weight - (Code(weight, scale, largest) * scale);
                error += (double)miss * miss;
            }

            if (error < bestError) (best, bestError) = (scale, error);
        }

        return best;
    }
}
