using SkiaSharp;

namespace EdgeVision.Imaging;

/// <summary>
/// A colour per class, the same in every picture. Hues a golden angle apart keep any run of neighbouring ids distinct; one lightness in OKLCh
/// (Ottosson 2020, "A perceptual color space for image processing") keeps all of them equally bright, so dark text is readable on each.
/// </summary>
internal static class ClassPalette
{
    private const double GoldenAngle = 137.50776405003785;
    private const double Lightness = 0.80;
    private const double Chroma = 0.155;

    /// <summary>Class 0 (a person, in COCO) gets a mint that neither skin, sky nor asphalt has.</summary>
    private const double FirstHue = 165;

    /// <summary>Hue in degrees, 0..360, of a class id; negative ids are as good as any.</summary>
    public static double Hue(int classId)
    {
        var hue = (FirstHue + (classId * GoldenAngle)) % 360;
        return hue < 0 ? hue + 360 : hue;
    }

    public static SKColor Of(int classId)
    {
        var radians = Hue(classId) * Math.PI / 180;
        // A few hues leave sRGB at this chroma: give up chroma, not lightness.
        for (var chroma = Chroma; ; chroma -= 0.01)
        {
            var (red, green, blue) = FromOklab(Lightness, chroma * Math.Cos(radians), chroma * Math.Sin(radians));
            if (chroma <= 0.01 || (InGamut(red) && InGamut(green) && InGamut(blue))) return new SKColor(Encode(red), Encode(green), Encode(blue));
        }
    }

    private static bool InGamut(double linear) => linear is >= -0.001 and <= 1.001;

    private static (double Red, double Green, double Blue) FromOklab(double l, double a, double b)
    {
        var lc = Cube(l + (0.3963377774 * a) + (0.2158037573 * b));
        var mc = Cube(l - (0.1055613458 * a) - (0.0638541728 * b));
        var sc = Cube(l - (0.0894841775 * a) - (1.2914855480 * b));
        return (
            (4.0767416621 * lc) - (3.3077115913 * mc) + (0.2309699292 * sc),
            (-1.2684380046 * lc) + (2.6097574011 * mc) - (0.3413193965 * sc),
            (-0.0041960863 * lc) - (0.7034186147 * mc) + (1.7076147010 * sc));

        static double Cube(double value) => value * value * value;
    }

    private static byte Encode(double linear)
    {
        var value = Math.Clamp(linear, 0, 1);
        var encoded = value <= 0.0031308 ? 12.92 * value : (1.055 * Math.Pow(value, 1 / 2.4)) - 0.055;
        return (byte)Math.Round(encoded * 255);
    }
}
