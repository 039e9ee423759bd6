using System.Globalization;
using EdgeVision.Capture.Kernel;
using EdgeVision.Frames;

namespace EdgeVision.Capture.V4l2;

/// <summary>What a refusal of the kernel means for a camera: one sentence that says what happened and what to do.</summary>
internal static class V4l2Failure
{
    public static string OfOpen(string path, Errno error) => error switch
    {
        Errno.ENOENT or Errno.ENXIO or Errno.ENODEV => $"There is no camera '{path}': {V4l2Nodes.Describe()}; plug it in, name one of these, or pass the device into the container (--device {path}).",
        Errno.EACCES => $"This user ({Environment.UserName}) may not open '{path}'; {AccessFix(path)}.",
        Errno.EPERM => $"The container may not open '{path}': its device rules forbid it; start it with --device {path}.",
        Errno.EBUSY => Busy(path),
        Errno.EMFILE => $"Cannot open '{path}': this process has too many files open; raise its limit (ulimit -n).",
        _ => $"Cannot open '{path}': {error}; see dmesg for what its driver says.",
    };

    public static string OfQuery(string path, Errno error) => error is Errno.ENOTTY or Errno.EINVAL
        ? $"'{path}' is no video device; {V4l2Nodes.Describe()}."
        : $"'{path}' does not answer ({error}); unplug it and plug it in again, and see dmesg for what its driver says.";

    public static string NotFound(string busInfo) => $"No camera is plugged in at '{busInfo}': {V4l2Nodes.Describe()}; plug it in there, or name one of these (v4l2:///dev/video0 by its node, v4l2:usb-… by its place).";

    public static string Busy(string path)
    {
        var users = DeviceNode.Look(path) is { } node ? DeviceUser.Of(node) : [];
        var who = users.Count > 0 ? $"{string.Join(", ", users.Take(3))} {(users.Count == 1 ? "holds" : "hold")} it" : "another camera of this node or a process of another user holds it";
        return $"The camera '{path}' is busy: {who}; stop that, or name another camera.";
    }

    public static CaptureException Gone(V4l2Device device) =>
        new($"The camera {device} is gone: it was unplugged or its driver was unloaded; plug it in again, it is opened again by itself.");

    /// <summary>A request was refused that cameras do not refuse.</summary>
    /// <param name="device">Which.</param>
    /// <param name="what">Was asked for, a noun with its article.</param>
    /// <param name="error">The kernel's.</param>
    public static CaptureException OfRequest(V4l2Device device, string what, Errno error) => error switch
    {
        Errno.ENODEV or Errno.ENXIO => Gone(device),
        Errno.EBUSY => new(Busy(device.Path)),
        Errno.ENOMEM => new($"The camera {device} has no memory for {what} (ENOMEM); wish a smaller picture or fewer buffers, or give the kernel more (cma= on the kernel's command line)."),
        Errno.ENOSPC => new($"The camera {device} refuses {what} (ENOSPC): its USB bus has no bandwidth left; wish a smaller picture, a lower rate or MJPG, or plug it into another bus."),
        Errno.EPIPE => new($"The camera {device} refuses {what} (EPIPE): no sensor or signal is linked to it; connect the source, or set up its links with media-ctl."),
        _ => new($"The camera {device} refuses {what} ({error}); unplug it and plug it in again, and see dmesg for what its driver says."),
    };

    public static CaptureException Stalled(V4l2Device device, TimeSpan after, string? lastFault) => new(string.Create(CultureInfo.InvariantCulture,
        $"The camera {device} gave no {(lastFault is null ? "" : "usable ")}frame for {after.TotalSeconds:0.#} s{(lastFault is null ? "" : $": {lastFault}")}; check its cable and power, or raise stall in its address if it is that slow."));

    /// <summary>What to do so that this user may open the node.</summary>
    private static string AccessFix(string path)
    {
        if (DeviceNode.Look(path) is not { } node) return "make it readable and writable for this user";
        var name = node.GroupName is null ? $"number {node.Group}" : string.Create(CultureInfo.InvariantCulture, $"{node.GroupName} ({node.GroupId})");
        return node.GroupId == 0
            ? $"it belongs to root alone: let a udev rule give it to the group video, or chgrp video {path}"
            : string.Create(CultureInfo.InvariantCulture, $"it belongs to the group {name}: run sudo usermod -aG {node.GroupName ?? "video"} {Environment.UserName} and log in again, or start the container with --device {path} --group-add {node.GroupId}");
    }
}
