using EdgeVision.Capture.V4l2.Devices;

namespace EdgeVision.Module.Commands;

/// <summary>What to do about a camera that is not there, or that may not be used; one or two sentences.</summary>
internal static class CameraAdvice
{
    /// <param name="others">Video nodes that are no cameras.</param>
    public static string NoCamera(int others) =>
        $"There is no camera: {(others == 0 ? "no /dev/video*" : $"none of the {Counted.Of(others, "video node")} captures")}. "
        + "Plug one in and look whether the kernel sees it (lsusb, dmesg); in a container give it the device (--device /dev/video0); "
        + "a Raspberry Pi camera that needs libcamera has no such node.";

    public static string CannotOpen(VideoDevice device)
    {
        if (device.Node is null) return Missing(device);
        if (device.Node is not { IsOurs: false } node) return device.Error ?? "";
        var join = node.IsGroups
            ? $"Let it join the group {node.Group} (usermod -aG {node.Group} USER, then log in again; in a container --group-add {node.Group})."
            : $"Give its group the right to read and write it (a udev rule with MODE=\"0660\").";
        return $"This user may not use {node}. {join}";
    }

    private static string Missing(VideoDevice device)
    {
        var others = VideoDevices.List();
        var cameras = others.Where(o => o.CanCapture).Select(o => o.Path).ToList();
        return cameras.Count == 0 ? $"'{device.Path}' is no video device. {NoCamera(others.Count)}" : $"'{device.Path}' is no video device; cameras here are {string.Join(", ", cameras)} (edgevision camera list).";
    }
}
