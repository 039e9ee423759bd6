using System.Text;

namespace EdgeVision.Capture.V4l2.Controls;

/// <summary>How controls are called in configuration: as v4l2-ctl does, and by a few words that mean the same on every camera.</summary>
internal static class ControlNames
{
    // V4L2_CID_…, from linux/v4l2-controls.h: user controls, camera class, image source class.
    public const uint AutoWhiteBalance = 0x0098090C, Exposure = 0x00980911, AutoGain = 0x00980912, Gain = 0x00980913, HorizontalFlip = 0x00980914,
        VerticalFlip = 0x00980915, PowerLineFrequency = 0x00980918, AutoHue = 0x00980919, WhiteBalanceTemperature = 0x0098091A, AutoBrightness = 0x00980920, Rotate = 0x00980922,
        ExposureAuto = 0x009A0901, ExposureAbsolute = 0x009A0902, FocusAbsolute = 0x009A090A, FocusAuto = 0x009A090C, ZoomAbsolute = 0x009A090D, AnalogueGain = 0x009E0903;

    /// <summary>Words that mean the same on every camera, with the controls they may mean, best first.</summary>
    public static IReadOnlyList<ControlWord> Words { get; } =
    [
        // V4L2_EXPOSURE_MANUAL 1; webcams know aperture priority (3) as their automatic mode, few know 0.
        new("exposure", [ExposureAbsolute, Exposure], new AutomaticMode(ExposureAuto, Manual: 1, Automatic: [3, 0])),
        new("gain", [Gain, AnalogueGain], new AutomaticMode(AutoGain, Manual: 0, Automatic: [1])),
        new("white_balance", [WhiteBalanceTemperature], new AutomaticMode(AutoWhiteBalance, Manual: 0, Automatic: [1])),
        new("focus", [FocusAbsolute], new AutomaticMode(FocusAuto, Manual: 0, Automatic: [1])),
        new("zoom", [ZoomAbsolute], null),
        new("power_line_frequency", [PowerLineFrequency], null),
        new("hflip", [HorizontalFlip], null),
        new("vflip", [VerticalFlip], null),
        new("rotate", [Rotate], null),
    ];

    /// <summary>The ids of automatic modes: they come before what they hold.</summary>
    public static bool IsAutomatic(uint id) => id is ExposureAuto or AutoWhiteBalance or AutoGain or AutoHue or AutoBrightness or FocusAuto;

    /// <summary>v4l2-ctl's way (v4l-utils, name2var): letters and digits in lower case, whatever lies between them one underscore.</summary>
    public static string FromLabel(string label)
    {
        var name = new StringBuilder(label.Length);
        var gap = false;
        foreach (var letter in label)
        {
            if (!char.IsAsciiLetterOrDigit(letter))
            {
                gap = name.Length > 0;
                continue;
            }

            if (gap) name.Append('_');
            gap = false;
            name.Append(char.ToLowerInvariant(letter));
        }

        return name.ToString();
    }
}
