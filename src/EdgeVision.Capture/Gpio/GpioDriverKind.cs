namespace EdgeVision.Capture.Gpio;

/// <summary>Ways in which System.Device.Gpio reaches a line, best first.</summary>
internal enum GpioDriverKind
{
    /// <summary>libgpiod.so.3: Debian 13 and newer.</summary>
    LibGpiodV2,

    /// <summary>libgpiod.so.2: Debian 12, Ubuntu 22.04 and 24.04, Raspberry Pi OS of those.</summary>
    LibGpiodV1,

    /// <summary>/sys/class/gpio: needs no library, but a kernel that still has it.</summary>
    SysFs,
}
