using System.Device.Gpio;
using System.Device.Gpio.Drivers;
using System.Runtime.InteropServices;

namespace EdgeVision.Capture.Gpio;

/// <summary>Which driver of System.Device.Gpio works on this machine.</summary>
internal static class GpioDrivers
{
    private const string SysFsExport = "/sys/class/gpio/export";

    /// <summary>No chip has this number; makes SysFsDriver take numbers as they are, instead of adding the base of whichever chip comes first.</summary>
    private const int NoChip = -1;

    /// <summary>What is installed, best first.</summary>
    public static IReadOnlyList<GpioDriverKind> Usable()
    {
        var kinds = new List<GpioDriverKind>(3);
        if (Loads("libgpiod.so.3")) kinds.Add(GpioDriverKind.LibGpiodV2);
        if (Loads("libgpiod.so.2")) kinds.Add(GpioDriverKind.LibGpiodV1);
        if (CanExport()) kinds.Add(GpioDriverKind.SysFs);
        return kinds;
    }

    /// <param name="kind">One of the usable.</param>
    /// <param name="chipNumber">Of the chip's node; sysfs counts without.</param>
    public static GpioDriver Create(GpioDriverKind kind, int chipNumber)
    {
        // SDGPIO0001: their API may still change; the version is pinned, and the device tests run what can be run.
#pragma warning disable SDGPIO0001
        return kind switch
        {
            GpioDriverKind.LibGpiodV2 => new LibGpiodV2Driver(chipNumber),
            GpioDriverKind.LibGpiodV1 => new LibGpiodDriver(chipNumber),
            _ => SysFs(new SysFsDriver(new System.Device.Gpio.GpioChipInfo(NoChip, "", "", 0))),
        };
#pragma warning restore SDGPIO0001
    }

    /// <summary>
    /// Without its finalizer: that is its Dispose, which never ends when a line's folder went with the chip (4.2.0 closes until none is exported),
    /// and a finalizer thread that spins takes a processor and keeps the process from ending. Without events the driver holds nothing to free.
    /// </summary>
    private static SysFsDriver SysFs(SysFsDriver driver)
    {
#pragma warning disable CA1816 // another's object, on purpose
        GC.SuppressFinalize(driver);
#pragma warning restore CA1816
        return driver;
    }

    private static bool Loads(string library)
    {
        if (!NativeLibrary.TryLoad(library, out var handle)) return false;
        NativeLibrary.Free(handle);
        return true;
    }

    private static bool CanExport()
    {
        try
        {
            // Opening exports nothing.
            using var export = new FileStream(SysFsExport, FileMode.Open, FileAccess.Write);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
