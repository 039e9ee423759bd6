namespace EdgeVision.Module.Commands;

/// <summary>What to do when no camera is there.</summary>
internal static class CameraAdvice
{
    /// <param name="others">Video nodes that are no cameras.</param>
    public static string NoCamera(int others) =>
        $"There is no camera: {(others == 0 ? "no /dev/video*" : $"none of the {Counted.Of(others, "video node")} captures")}. "
        + "Plug one in and look whether the kernel sees it (lsusb, dmesg); in a container give it the device (--device /dev/video0); "
        + "a Raspberry Pi camera that needs libcamera has no such node.";
}
