[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace EdgeVision.DeviceTests;

/// <summary>The machine with the drivers: a guest kernel with vivid, v4l2loopback and gpio-sim (tests/device/run).</summary>
internal static class Guest
{
    /// <summary>Skips the test outside the guest: drivers that it would tear out may be somebody's cameras.</summary>
    public static void Require()
    {
        if (Environment.GetEnvironmentVariable("VM_GUEST") != "1")
            Assert.Skip("Needs the guest kernel with virtual cameras and GPIO lines; run tests/device/run.");
    }

    /// <summary>Number of the simulated chip: /dev/gpiochipN.</summary>
    public static int GpioChip => int.Parse(Environment.GetEnvironmentVariable("VM_GPIOCHIP")!, System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Folder of the simulated lines, sim_gpio0 … sim_gpio7, with `pull` to set a level from outside and `value` to read it.</summary>
    public static string GpioSysfs => Environment.GetEnvironmentVariable("VM_GPIO_SYSFS")!;

    /// <summary>Folder in which the simulated chip is configured; a sibling of it is another chip.</summary>
    public static string GpioConfigFs => Environment.GetEnvironmentVariable("VM_GPIO_CONFIGFS")!;
}
