namespace EdgeVision.DeviceTests;

/// <summary>vivid's cameras, pulled out and plugged in again: the driver is unbound, the nodes vanish in mid-stream.</summary>
internal static class Vivids
{
    private const string Driver = "/sys/bus/platform/drivers/vivid";

    public static void Unplug(int number) => File.WriteAllText($"{Driver}/unbind", $"vivid.{number}");

    public static void PlugIn(int number) => File.WriteAllText($"{Driver}/bind", $"vivid.{number}");
}
