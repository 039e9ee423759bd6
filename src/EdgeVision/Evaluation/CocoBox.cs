using EdgeVision.Geometry;

namespace EdgeVision.Evaluation;

/// <summary>
/// A box as COCO files hold it: x and y of the top left corner, width, height, source pixels. In double precision because the official
/// evaluation is: an IoU that is rounded to float falls on the other side of a threshold now and then.
/// </summary>
public readonly record struct CocoBox(double X, double Y, double Width, double Height)
{
    /// <summary>Square pixels.</summary>
    public double Area => Width * Height;

    public static CocoBox Of(in Box box) => new(box.Left, box.Top, (double)box.Right - box.Left, (double)box.Bottom - box.Top);

    public Box ToBox() => new((float)X, (float)Y, (float)(X + Width), (float)(Y + Height));

    /// <summary>Overlap over union of a detection (this) and an object of the ground truth, 0..1.</summary>
    /// <param name="truth">The object.</param>
    /// <param name="crowd">
    /// A crowd region holds many objects: a detection that lies inside it is as good as it can be, so the denominator is the detection's own
    /// area (pycocotools, maskApi.c, bbIou).
    /// </param>
    public double IntersectionOverUnion(in CocoBox truth, bool crowd)
    {
        var width = Math.Min(Width + X, truth.Width + truth.X) - Math.Max(X, truth.X);
        if (width <= 0) return 0;
        var height = Math.Min(Height + Y, truth.Height + truth.Y) - Math.Max(Y, truth.Y);
        if (height <= 0) return 0;
        var intersection = width * height;
        return intersection / (crowd ? Area : Area + truth.Area - intersection);
    }
}
