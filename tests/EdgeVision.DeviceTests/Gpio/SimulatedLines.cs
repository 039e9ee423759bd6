using System.Globalization;
using EdgeVision.Capture.Gpio;
using EdgeVision.Configuration;
using EdgeVision.Outputs;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeVision.DeviceTests.Gpio;

/// <summary>gpio-sim from outside: levels that a sensor would set, and what a lamp would see.</summary>
internal static class SimulatedLines
{
    /// <summary>As a sensor: lines that nobody drives follow it.</summary>
    public static void Pull(int line, bool high) => File.WriteAllText(Path.Combine(Guest.GpioSysfs, $"sim_gpio{line}", "pull"), high ? "pull-up" : "pull-down");

    /// <summary>As a lamp.</summary>
    public static bool IsHigh(int line) => File.ReadAllText(Path.Combine(Guest.GpioSysfs, $"sim_gpio{line}", "value")).Trim() == "1";

    /// <summary>
    /// As a sensor whose line is watched, waiting until the interrupt was taken. gpio-sim's interrupts are handled at the guest's next tick, 10 ms
    /// at most, and edges that come before are merged: 20 quick ones gave 3 events. Real interrupts merge, too, only much later.
    /// </summary>
    public static void Change(int line, bool high)
    {
        var before = Interrupts(line);
        Pull(line, high);
        var started = TimeProvider.System.GetTimestamp();
        while (Interrupts(line) == before)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(10), $"Line {line} raised no interrupt.");
            Thread.Yield();
        }
    }

    /// <summary>Two edges of a watched line.</summary>
    public static void Pulse(int line)
    {
        Change(line, high: true);
        Change(line, high: false);
    }

    /// <summary>Lines through one driver: "libgpiod", "sysfs", or whichever is best for anything else. Libgpiod 2 is not tried: Debian 12 has none.</summary>
    public static GpioLines Through(string driver)
    {
        var usable = GpioDrivers.Usable();
        if (driver == "libgpiod" && !usable.Contains(GpioDriverKind.LibGpiodV1)) Assert.Skip("libgpiod 1 is not installed on the machine that carries the guest: apt-get install libgpiod2.");
        return new GpioLines(NullLogger.Instance, driver switch { "libgpiod" => [GpioDriverKind.LibGpiodV1], "sysfs" => [GpioDriverKind.SysFs], _ => usable });
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

    /// <summary>Column of the only CPU in /proc/interrupts; the line is there while somebody watches for edges: "64:  626  irq_sim   2".</summary>
    private static long Interrupts(int line) =>
        File.ReadLines("/proc/interrupts").Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(w => w is [_, _, "irq_sim", ..] && w[3] == line.ToString(CultureInfo.InvariantCulture)).Sum(w => long.Parse(w[1], CultureInfo.InvariantCulture));

    /// <summary>Descriptors of chips and lines that this process has open, by either driver; those of the runtime and of other tests come and go.</summary>
    public static int Descriptors() =>
        Directory.EnumerateFileSystemEntries("/proc/self/fd").Count(static link => new FileInfo(link).LinkTarget?.Contains("gpio", StringComparison.Ordinal) == true);
}
