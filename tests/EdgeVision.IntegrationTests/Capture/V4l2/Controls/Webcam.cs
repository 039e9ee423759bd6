using EdgeVision.Capture.V4l2.Controls;

namespace EdgeVision.IntegrationTests.Capture.V4l2.Controls;

/// <summary>The controls of a common USB webcam (uvcvideo of Linux 6.1), exposure held while its automatic mode is on.</summary>
internal static class Webcam
{
    public static ScriptedDriver Driver()
    {
        var driver = new ScriptedDriver()
            .Has(0x00980001, (ControlKind)6, "User Controls", 0, 0)
            .Has(0x00980900, ControlKind.Integer, "Brightness", -64, 64)
            .Has(ControlNames.AutoWhiteBalance, ControlKind.Boolean, "White Balance, Automatic", 0, 1, traits: ControlTraits.ChangesOthers)
            .Has(ControlNames.Gain, ControlKind.Integer, "Gain", 0, 100, step: 4)
            .Has(ControlNames.HorizontalFlip, ControlKind.Boolean, "Horizontal Flip", 0, 1)
            .Has(ControlNames.PowerLineFrequency, ControlKind.Menu, "Power Line Frequency", 0, 2, items: [(0, "Disabled"), (1, "50 Hz"), (2, "60 Hz")])
            .Has(ControlNames.WhiteBalanceTemperature, ControlKind.Integer, "White Balance Temperature", 2800, 6500, step: 10)
            .Has(ControlNames.Rotate, ControlKind.Integer, "Rotate", 0, 270, step: 90, traits: ControlTraits.ChangesLayout)
            .Has(0x009A0001, (ControlKind)6, "Camera Controls", 0, 0)
            .Has(ControlNames.ExposureAuto, ControlKind.Menu, "Auto Exposure", 0, 3, items: [(1, "Manual Mode"), (3, "Aperture Priority Mode")])
            .Has(ControlNames.ExposureAbsolute, ControlKind.Integer, "Exposure Time, Absolute", 1, 5000)
            .Has(0x009A0903, ControlKind.Boolean, "Exposure, Dynamic Framerate", 0, 1, traits: ControlTraits.ReadOnly);
        driver.Values[ControlNames.ExposureAuto] = 3;
        driver.Holds = (id, traits) => id == ControlNames.ExposureAbsolute && driver.Values[ControlNames.ExposureAuto] != 1 ? traits | ControlTraits.Inactive : traits;
        return driver;
    }

    public static KeyValuePair<string, string> Wish(string name, string value) => KeyValuePair.Create(name, value);
}
