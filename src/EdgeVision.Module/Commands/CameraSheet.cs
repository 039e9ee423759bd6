using EdgeVision.Capture.Kernel;
using EdgeVision.Capture.V4l2;
using EdgeVision.Capture.V4l2.Controls;
using EdgeVision.Capture.V4l2.Devices;

namespace EdgeVision.Module.Commands;

/// <summary>All that one camera says of itself.</summary>
/// <param name="Device">Who it is.</param>
/// <param name="Users">Who has it open.</param>
/// <param name="Offer">Formats, sizes, rates.</param>
/// <param name="Controls">With their values now; null where a control has none.</param>
internal sealed record CameraSheet(VideoDevice Device, IReadOnlyList<DeviceUser> Users, CameraOffer Offer, IReadOnlyList<(CameraControl Control, string? Value)> Controls)
{
    /// <exception cref="CommandException">It cannot be opened, or gives no frames.</exception>
    public static CameraSheet Of(string path)
    {
        var device = VideoDevices.Find(path);
        if (device.Error is not null) throw new CommandException(device.Error);
        if (!device.CanCapture) throw new CommandException($"{path} ({device.Name}, {device.Driver}) gives no frames: it is for {device.Purpose}. edgevision camera list shows the cameras.");
        using var open = V4l2Device.Open(path);
        var controls = new CameraControls(open);
        return new CameraSheet(device, DeviceUser.Of(device.Node!), open.ReadOffer(), [.. controls.All.Select(c => (c, controls.Read(c)))]);
    }

    /// <summary>Null where it cannot be asked.</summary>
    public static CameraOffer? OfferOf(VideoDevice device)
    {
        if (!device.CanCapture || !V4l2Device.TryOpen(device.Path, out var open, out _)) return null;
        using (open) return open.ReadOffer();
    }
}
