namespace EdgeVision.Inference;

/// <summary>The sigmoid and its inverse.</summary>
internal static class Logit
{
    /// <summary>0..1.</summary>
    public static float Sigmoid(float logit) => 1 / (1 + MathF.Exp(-logit));

    /// <summary>
    /// A logit that is surely below that of a confidence: whatever lies under it need not be exponentiated, what lies above is compared exactly.
    /// Above 17 a float's sigmoid is 1.
    /// </summary>
    public static float Below(float confidence) => confidence switch
    {
        float.PositiveInfinity => float.PositiveInfinity,
        <= 0 => float.MinValue,
        >= 0.999f => 6.8f,
        _ => (float)Math.Log(confidence / (1 - (double)confidence)) - 0.01f,
    };
}
