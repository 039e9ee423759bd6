using EdgeVision.Frames;
using EdgeVision.Geometry;

namespace EdgeVision.Tests.Frames;

/// <summary>Masks and masked frames for tests.</summary>
internal static class Masks
{
    /// <summary>The polygon as "x,y x,y …" in shares of the upright picture.</summary>
    public static PrivacyMaskOptions Area(string points, PrivacyMaskMode mode = PrivacyMaskMode.Black, double blockShare = 0.04) =>
        Area([.. points.Split(' ').Select(static c => c.Split(',')).Select(static c => new Point(float.Parse(c[0], System.Globalization.CultureInfo.InvariantCulture), float.Parse(c[1], System.Globalization.CultureInfo.InvariantCulture)))], mode, blockShare);

    public static PrivacyMaskOptions Area(IReadOnlyList<Point> points, PrivacyMaskMode mode = PrivacyMaskMode.Black, double blockShare = 0.04) =>
        new() { Area = new Polygon(points), Mode = mode, BlockShare = blockShare };

    public static LivePrivacyMask Live(params PrivacyMaskOptions[] areas) => new(PrivacyMask.Of(areas));

    /// <summary>A frame of these bytes as its camera gives it; caller disposes.</summary>
    public static Frame Mounted(FramePool pool, byte[] pixels, in FrameFormat format, FrameOrientation orientation, LivePrivacyMask mask, (int Width, int Height)? source = null)
    {
        var buffer = pool.Rent(pixels.Length);
        pixels.CopyTo(buffer.Memory);
        var (width, height) = source ?? (format.Width, format.Height);
        var frame = new Frame(buffer, format, pixels.Length, 1, Some.Moment, 0).OfSource(width, height);
        frame.Mount(orientation, mask);
        return frame;
    }
}
