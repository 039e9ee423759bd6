using EdgeVision.Capture.V4l2.Devices;

namespace EdgeVision.Module.Doctor;

/// <summary>The video devices of this machine, whether configured or not; each configured camera has a check of its own.</summary>
internal static class VideoDeviceChecks
{
    private const string Check = "video devices";

    public static Finding Examine(IReadOnlyList<VideoDevice> devices)
    {
        var cameras = devices.Where(d => d.CanCapture).ToList();
        var seen = cameras.Count == 0 ? "No V4L2 camera can be used here; cameras of other kinds need none." : $"{string.Join(", ", cameras.Select(d => $"{d.Path} ({d.Name})"))}.";
        var shut = devices.Where(d => d.Error is not null).ToList();
        return shut.Count == 0
            ? Finding.Ok(Check, seen)
            : Finding.Warn(Check, $"{seen} {string.Join(", ", shut.Select(d => d.Path))} cannot be opened.", shut[0].Error!);
    }
}
