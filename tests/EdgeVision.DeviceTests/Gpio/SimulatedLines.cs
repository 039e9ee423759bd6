using System.Globalization;
using EdgeVision.Configuration;
using EdgeVision.Outputs;

namespace EdgeVision.DeviceTests.Gpio;

/// <summary>gpio-sim from outside: levels that a sensor would set, and what a lamp would see.</summary>
internal static class SimulatedLines
{
    /// <summary>As a sensor: lines that nobody drives follow it.</summary>
    public static void Pull(int line, bool high) => File.WriteAllText(Path.Combine(Guest.GpioSysfs, $"sim_gpio{line}", "pull"), high ? "pull-up" : "pull-down");

    /// <summary>As a lamp.</summary>
    public static bool IsHigh(int line) => File.ReadAllText(Path.Combine(Guest.GpioSysfs, $"sim_gpio{line}", "value")).Trim() == "1";

    /// <summary>One pulse.</summary>
    public static void Pulse(int line)
    {
        Pull(line, high: true);
        Pull(line, high: false);
    }

    /// <summary>Chip and number.</summary>
    public static string Address(int line) => string.Create(CultureInfo.InvariantCulture, $"gpiochip{Guest.GpioChip}/{line}");

    public static GpioLineName Name(string text)
    {
        Assert.True(GpioLineName.TryParse(text, out var line, out var wrong), wrong);
        return line;
    }

    public static GpioLineOptions Input(string line) => OptionsReader.Defaults(GpioLineOptions.Read) with { Line = Name(line) };

    public static GpioOutputOptions Output(string line) => OptionsReader.Defaults(GpioOutputOptions.Read) with { Line = Name(line) };

    /// <summary>Open descriptors of this process.</summary>
    public static int Descriptors() => Directory.GetFiles("/proc/self/fd").Length;
}
