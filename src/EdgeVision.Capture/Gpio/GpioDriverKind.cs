namespace EdgeVision.Capture.Gpio;

/// <summary>Ways in which System.Device.Gpio reaches a line, best first.</summary>
internal enum GpioDriverKind
{
    /// <summary>libgpiod.so.3, of libgpiod 2; Debian 12 has none.</summary>
    LibGpiodV2,

    /// <summary>libgpiod.so.2, of libgpiod 1.6: Debian 12.</summary>
    LibGpiodV1,

    /// <summary>/sys/class/gpio: needs no library, but a kernel that still has it.</summary>
    SysFs,
}
