using EdgeVision.Imaging;
using SkiaSharp;

namespace EdgeVision.IntegrationTests.Imaging;

public sealed class ClassPaletteTests
{
    [Fact]
    public void Neighbouring_classes_have_hues_far_apart_and_dark_text_is_readable_on_all()
    {
        for (var id = -3; id < 1000; id++)
        {
            for (var next = 1; next <= 4; next++)
            {
                var apart = Math.Abs(ClassPalette.Hue(id) - ClassPalette.Hue(id + next));
                Assert.True(Math.Min(apart, 360 - apart) > 50, $"classes {id} and {id + next} are {apart:0}° apart");
            }

            Assert.InRange(ClassPalette.Hue(id), 0, 360);
            Assert.True(Contrast(ClassPalette.Of(id)) > 7, $"class {id}: {Contrast(ClassPalette.Of(id)):0.0}");    // WCAG 2.1 AAA
        }
    }

    /// <summary>Against the ink of the chips, WCAG 2.1.</summary>
    private static double Contrast(SKColor color)
    {
        return (Luminance(color) + 0.05) / (Luminance(new SKColor(0x12, 0x17, 0x1C)) + 0.05);

        static double Luminance(SKColor c) => (0.2126 * Linear(c.Red)) + (0.7152 * Linear(c.Green)) + (0.0722 * Linear(c.Blue));

        static double Linear(byte value) => value / 255.0 <= 0.03928 ? value / 255.0 / 12.92 : Math.Pow(((value / 255.0) + 0.055) / 1.055, 2.4);
    }
}
