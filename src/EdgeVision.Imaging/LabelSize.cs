namespace EdgeVision.Imaging;

/// <summary>Lengths of what is drawn, in picture pixels. Grow a little slower than the picture: a large one is looked at more closely.</summary>
/// <param name="Scale">1 for a picture whose shorter side is 480 pixels.</param>
internal readonly record struct LabelSize(float Scale)
{
    public float Stroke => 2.2f * Scale;

    public float Outline => 0.9f * Scale;

    public float Radius => 5.5f * Scale;

    /// <summary>Height of a capital letter.</summary>
    public float Capital => 7.6f * Scale;

    public float PaddingX => 5.6f * Scale;

    public float PaddingY => 4.4f * Scale;

    public static LabelSize For(int width, int height) => new(MathF.Max(0.5f, MathF.Pow(Math.Min(width, height) / 480f, 0.8f)));
}
