using System.Globalization;
using EdgeVision.Frames;

namespace EdgeVision.Capture.V4l2.Devices;

/// <summary>What EdgeVision takes of a camera when its URI wishes for nothing.</summary>
/// <param name="Uri">The same written out, to be copied.</param>
/// <param name="Text">For people: <c>YUYV 640×480 at 25 fps</c>.</param>
/// <param name="Reason">Why, one sentence.</param>
public sealed record CameraChoice(string Uri, string Text, string Reason)
{
    /// <summary>Null with the reason when nothing that it offers can be read.</summary>
    public static CameraChoice? Of(VideoDevice device, CameraOffer offer, out string? whyNot)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(offer);
        // The name that stays, where there is one: the number may be another camera's tomorrow.
        var path = device.Links.Count > 0 ? device.Links[0] : device.Path;
        if (!V4l2Negotiation.TryChoose(offer, new V4l2Wish { Device = path }, out var choice, out whyNot)) return null;
        var fps = choice.Interval is { } interval ? Math.Round(interval.Fps, 2) : (double?)null;
        return new CameraChoice(
            string.Create(CultureInfo.InvariantCulture, $"v4l2://{path}?width={choice.Width}&height={choice.Height}&format={choice.Code}{(fps is null ? "" : $"&fps={fps}")}"),
            string.Create(CultureInfo.InvariantCulture, $"{choice.Code} {choice.Width}×{choice.Height}{(fps is null ? "" : $" at {fps} fps")}"),
            Why(offer, choice));
    }

    private static string Why(CameraOffer offer, in V4l2Choice choice)
    {
        var code = choice.Code;
        var isCompressed = offer.Formats.First(f => f.Code == code).Pixels is PixelFormat.Jpeg;
        if (!isCompressed) return "Raw pictures need no decoding, and this is the size nearest to what detectors look at that comes fast enough.";
        return offer.Formats.Any(f => f.Pixels is not (null or PixelFormat.Jpeg))
            ? "Its raw formats are too slow at sizes that detectors look at, so it is the compressed one, which costs decoding."
            : "It offers no raw format that can be read.";
    }
}
