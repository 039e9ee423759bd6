using EdgeVision.Geometry;

namespace EdgeVision.Frames;

/// <summary>What an orientation does to rows and columns: first the sides are swapped, then the columns and rows of the upright picture are mirrored.</summary>
public static class FrameOrientationExtensions
{
    /// <summary>True for quarter turns: stored rows are upright columns.</summary>
    public static bool SwapsSides(this FrameOrientation orientation) => orientation >= FrameOrientation.MirroredRotated270;

    /// <summary>True when upright columns run against the stored columns, or rows, that they are made of.</summary>
    public static bool MirrorsColumns(this FrameOrientation orientation) => ((int)orientation & 3) is 1 or 2;

    /// <summary>True when upright rows run against the stored rows, or columns, that they are made of.</summary>
    public static bool MirrorsRows(this FrameOrientation orientation) => ((int)orientation & 3) is 2 or 3;

    /// <summary>Sides of the upright picture, of those of the stored one. Its own inverse.</summary>
    public static (int Width, int Height) Upright(this FrameOrientation orientation, int width, int height) =>
        orientation.SwapsSides() ? (height, width) : (width, height);

    /// <summary>Both, one after the other.</summary>
    public static FrameOrientation Then(this FrameOrientation first, FrameOrientation second)
    {
        var (columns, rows) = second.SwapsSides() ? (first.MirrorsRows(), first.MirrorsColumns()) : (first.MirrorsColumns(), first.MirrorsRows());
        (columns, rows) = (columns != second.MirrorsColumns(), rows != second.MirrorsRows());
        var mirrors = (columns, rows) switch
        {
            (false, false) => 0,
            (true, false) => 1,
            (true, true) => 2,
            (false, true) => 3,
        };
        return (FrameOrientation)(mirrors + (first.SwapsSides() != second.SwapsSides() ? 4 : 0));
    }

    /// <summary>Where a place of the upright picture is stored.</summary>
    /// <param name="orientation">Of the picture.</param>
    /// <param name="upright">Pixels of the upright picture, of the size it is stored in.</param>
    /// <param name="width">Stored pixels.</param>
    /// <param name="height">Stored pixels.</param>
    public static Point ToStored(this FrameOrientation orientation, in Point upright, int width, int height)
    {
        var (across, down) = orientation.Upright(width, height);
        var x = orientation.MirrorsColumns() ? across - upright.X : upright.X;
        var y = orientation.MirrorsRows() ? down - upright.Y : upright.Y;
        return orientation.SwapsSides() ? new Point(y, x) : new Point(x, y);
    }
}
