using EdgeVision.Geometry;

namespace EdgeVision.Tests.Geometry;

/// <summary>How often an outline goes around a place, by adding up angles: another way than the code's.</summary>
internal static class Winding
{
    public static bool Contains(IReadOnlyList<Point> corners, double x, double y)
    {
        var angle = 0.0;
        for (var i = 0; i < corners.Count; i++)
        {
            var (a, b) = (corners[i], corners[(i + 1) % corners.Count]);
            var turn = Math.Atan2(b.Y - y, b.X - x) - Math.Atan2(a.Y - y, a.X - x);
            angle += turn > Math.PI ? turn - (2 * Math.PI) : turn < -Math.PI ? turn + (2 * Math.PI) : turn;
        }

        return Math.Abs(angle) > Math.PI;
    }
}
