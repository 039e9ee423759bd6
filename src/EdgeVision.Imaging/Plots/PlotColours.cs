using SkiaSharp;

namespace EdgeVision.Imaging.Plots;

/// <summary>
/// Colours of curves and mistakes, told apart by everyone: Okabe and Ito 2008, "Color Universal Design"; the two on photographs are lighter
/// and lie on opposite sides of blue and yellow, the axis that colour-blind people keep.
/// </summary>
internal static class PlotColours
{
    public static readonly SKColor Ground = new(0xFC, 0xFC, 0xFA);
    public static readonly SKColor Ink = new(0x1B, 0x22, 0x29);
    public static readonly SKColor Faint = new(0x6B, 0x75, 0x7F);
    public static readonly SKColor Grid = new(0xE4, 0xE6, 0xE6);
    public static readonly SKColor Blue = new(0x00, 0x72, 0xB2);
    public static readonly SKColor Orange = new(0xE6, 0x9F, 0x00);
    public static readonly SKColor Green = new(0x00, 0x9E, 0x73);
    public static readonly SKColor Vermilion = new(0xD5, 0x5E, 0x00);

    public static readonly SKColor Dark = new(0x14, 0x19, 0x1F);
    public static readonly SKColor Light = new(0xEE, 0xF1, 0xF3);
    public static readonly SKColor Dim = new(0x9A, 0xA5, 0xAF);
    public static readonly SKColor Truth = new(0xFF, 0xC8, 0x3D);
    public static readonly SKColor Detection = new(0x4C, 0xC9, 0xF5);
}
