using EdgeVision.Frames;
using EdgeVision.Models;

namespace EdgeVision.Inference;

/// <summary>
/// Colour matrix, mean and deviation of the model and the scale of the fixed-point samples, folded into one: normalisation costs nothing.
/// Colour i of the tensor is <c>First[i]·a + Second[i]·b + Third[i]·c + Bias[i]</c>, within <c>Least[i] … Most[i]</c>: what black and full
/// colour become, since not every YUV value is a colour.
/// </summary>
/// <remarks>
/// ITU-R BT.601-7 and BT.709-6 in the form of Kr and Kb; full range as JFIF 1.02. YUV channels come as luma, the chroma of the tensor's first
/// colour, the chroma of its third: so two of the nine factors are always 0, and for colours all but the diagonal.
/// </remarks>
internal sealed class ColourTransform
{
    public readonly float[] First = new float[3];
    public readonly float[] Second = new float[3];
    public readonly float[] Third = new float[3];
    public readonly float[] Bias = new float[3];
    public readonly float[] Least = new float[3];
    public readonly float[] Most = new float[3];

    /// <param name="input">Colour order, mean and deviation.</param>
    /// <param name="yuv">Encoding of YUV frames, null for others.</param>
    public ColourTransform(ModelInput input, YuvEncoding? yuv)
    {
        if (yuv is { } encoding) FromYuv(encoding, input.Colour);
        else (First[0], Second[1], Third[2]) = (1, 1, 1);
        for (var i = 0; i < 3; i++)
        {
            var (scale, shift) = (1 / input.Std[i], 0 - (input.Mean[i] / input.Std[i]));
            (Least[i], Most[i]) = (shift, (255 * scale) + shift);

            // Samples arrive in fixed point and less half a byte's range.
            Bias[i] = ((Bias[i] + (SampleOffset * (First[i] + Second[i] + Third[i]))) * scale) + shift;
            First[i] *= scale * SampleScale;
            Second[i] *= scale * SampleScale;
            Third[i] *= scale * SampleScale;
        }
    }

    /// <summary>8 bits of a row's weight, 14 of a column's.</summary>
    private const float SampleScale = 1f / (1 << (8 + 14));

    private const float SampleOffset = 128;

    private void FromYuv(YuvEncoding encoding, ColourOrder order)
    {
        var (kr, kb) = encoding is YuvEncoding.Bt601Limited or YuvEncoding.Bt601Full ? (0.299, 0.114) : (0.2126, 0.0722);
        var (black, luma, chroma) = encoding is YuvEncoding.Bt601Limited or YuvEncoding.Bt709Limited ? (16, 255 / 219.0, 255 / 224.0) : (0, 1.0, 1.0);
        var (red, blue) = (2 * (1 - kr) * chroma, 2 * (1 - kb) * chroma);
        var green = 1 - kr - kb;
        var (greenOfRed, greenOfBlue) = (-red * kr / green, -blue * kb / green);
        Array.Fill(First, (float)luma);
        var rgb = order == ColourOrder.Rgb;
        (Second[0], Third[2]) = rgb ? ((float)red, (float)blue) : ((float)blue, (float)red);
        (Second[1], Third[1]) = rgb ? ((float)greenOfRed, (float)greenOfBlue) : ((float)greenOfBlue, (float)greenOfRed);
        for (var i = 0; i < 3; i++) Bias[i] = (float)((-black * luma) - (128.0 * (Second[i] + (double)Third[i])));
    }
}
