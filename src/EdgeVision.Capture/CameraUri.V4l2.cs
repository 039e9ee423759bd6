using EdgeVision.Capture.V4l2;

namespace EdgeVision.Capture;

/// <summary>
/// <c>v4l2:///dev/video0?width=640&amp;height=480&amp;format=YUYV&amp;fps=25</c>, a camera on this machine by its node; <c>v4l2:///dev/v4l/by-id/…</c>, by
/// its maker's serial number; <c>v4l2:usb-0000:00:14.0-1</c>, by the place it is plugged in, which stays when the number of the node changes.
/// </summary>
public sealed partial record CameraUri
{
    /// <summary>Only of v4l2:.</summary>
    public V4l2Wish? V4l2 { get; init; }

    private static CameraUri? OfV4l2(string body, CameraUriQuery query)
    {
        var device = Uri.UnescapeDataString(body);
        if (device.StartsWith("///", StringComparison.Ordinal)) device = device[2..];
        else if (device.StartsWith("//", StringComparison.Ordinal)) query.Refuse("two slashes name a host; write three for a device (v4l2:///dev/video0)");
        if (device.Trim('/').Length == 0) query.Refuse("the device is missing; write v4l2:///dev/video0, or the place it is plugged in (v4l2:usb-0000:00:14.0-1; edgevision camera list shows it)");
        if (device.Any(char.IsControl)) query.Refuse("the device holds a control character");
        var wish = new V4l2Wish
        {
            Device = device,
            Width = Whole(query, "width"),
            Height = Whole(query, "height"),
            Format = query.Choice("format", V4l2Formats.All) is { } format ? V4l2Formats.Find(format) : null,
            Fps = query.Number("fps", 0, 0.01, 1000) is > 0 and var fps ? fps : null,
            Buffers = (int)query.Number("buffers", V4l2Wish.LeastBuffers, V4l2Wish.LeastBuffers, V4l2Abi.MaxBuffers, whole: true),
            Stall = TimeSpan.FromSeconds(query.Number("stall", V4l2Wish.DefaultStall.TotalSeconds, 0.5, 600)),
            Copy = query.Choice("copy", "auto", "never", "always") switch { "never" => V4l2Copy.Never, "always" => V4l2Copy.Always, _ => V4l2Copy.Auto },
            Crop = Crop(query),
        };
        return query.Error is not null ? null : new CameraUri
        {
            Scheme = CameraScheme.V4l2,
            Path = device,
            Fps = wish.Fps ?? 0,
            Width = wish.Width ?? 0,
            Height = wish.Height ?? 0,
            V4l2 = wish,
        };
    }

    private static SourceRectangle? Crop(CameraUriQuery query)
    {
        if (query.WholeNumbers("crop", "left,top,width,height", 0, (int)V4l2Device.MaxSide) is not [var left, var top, var width, var height]) return null;
        if (Math.Min(width, height) < 16) query.Refuse("the width and height of the crop are less than 16 pixels");
        return new SourceRectangle(left, top, width, height);
    }

    private static int? Whole(CameraUriQuery query, string key) => (int)query.Number(key, 0, 16, V4l2Device.MaxSide, whole: true) is > 0 and var number ? number : null;
}
