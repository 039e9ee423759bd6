using EdgeVision.Frames;
using EdgeVision.Geometry;
using EdgeVision.Imaging;
using EdgeVision.Inference;

namespace EdgeVision.Module.Privacy;

/// <summary>
/// The one way by which pixels leave the frame path of a running node, to a file, an answer or a broker: masks are in the frame already, what is configured to be
/// hidden is hidden here. A test holds every other way shut. Any thread.
/// </summary>
/// <param name="options">In force.</param>
internal sealed class PictureDoor(Func<PrivacyOptions> options)
{
    /// <summary>Null when a picture may be made, otherwise a sentence.</summary>
    /// <param name="hasLooked">The detector has seen this very frame: without its boxes there is nothing to blur by.</param>
    public string? Refusal(bool hasLooked)
    {
        var now = options();
        if (now.MetadataOnly) return "Pictures are switched off on this node (Privacy:MetadataOnly); events carry what was seen.";
        return now.BlurClasses.Count > 0 && !hasLooked
            ? "This node blurs what it detects (Privacy:BlurClasses), and nobody has looked at that frame; switch Evidence on for pictures with events."
            : null;
    }

    /// <summary>
    /// The boxes that have to be hidden, with their margin. Null where no class is configured: nobody has looked for any, which the door must know when one is
    /// named before the picture is made.
    /// </summary>
    /// <param name="found">All that the detector found, before any filter.</param>
    /// <param name="labels">Of its model.</param>
    public Box[]? Hidden(ReadOnlySpan<Detection> found, IReadOnlyList<string> labels)
    {
        var now = options();
        if (now.BlurClasses.Count == 0) return null;
        var boxes = new List<Box>();
        foreach (var detection in found)
        {
            if (now.BlurClasses.Contains(labels[detection.ClassId], StringComparer.OrdinalIgnoreCase)) boxes.Add(Grown(detection.Box, now.BlurMargin));
        }

        return [.. boxes];
    }

    /// <summary>The picture, or null with a sentence.</summary>
    /// <param name="frame">Stays the caller's.</param>
    /// <param name="hidden">Of this very frame; null when nobody has looked at it.</param>
    /// <param name="shape">How; its <see cref="PictureShape.Blurred"/> is the door's own.</param>
    /// <param name="refusal">Why there is none.</param>
    /// <exception cref="PictureException">It cannot be made.</exception>
    public ScaledJpeg? Make(Frame frame, Box[]? hidden, PictureShape shape, out string? refusal)
    {
        refusal = Refusal(hidden is not null);
        return refusal is null ? ScaledJpeg.Of(frame, shape with { Blurred = hidden ?? [] }) : null;
    }

    /// <summary>With so much around it on each side, as a share of its size.</summary>
    public static Box Grown(Box box, double margin) =>
        new(box.Left - (float)(box.Width * margin), box.Top - (float)(box.Height * margin), box.Right + (float)(box.Width * margin), box.Bottom + (float)(box.Height * margin));
}
