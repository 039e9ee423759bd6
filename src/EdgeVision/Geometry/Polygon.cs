namespace EdgeVision.Geometry;

/// <summary>
/// A closed outline, not necessarily convex; its last corner is joined to its first. Where sides cross, the inside is what the outline winds
/// around (the non-zero rule): whoever encloses a place twice has enclosed it.
/// </summary>
public sealed class Polygon
{
    /// <summary>Pixels. What is covered by less is not touched: corners are of single precision, and a side on the edge of a pixel must not cost its neighbour.</summary>
    private const double Grazing = 1.0 / 512;

    private readonly Point[] _corners;

    /// <param name="corners">At least three, finite.</param>
    public Polygon(IReadOnlyList<Point> corners)
    {
        ArgumentNullException.ThrowIfNull(corners);
        ArgumentOutOfRangeException.ThrowIfLessThan(corners.Count, 3, nameof(corners));
        _corners = [.. corners];
    }

    public IReadOnlyList<Point> Corners => _corners;

    /// <summary>True when all corners lie on one line.</summary>
    public bool IsFlat
    {
        get
        {
            var (a, far) = (_corners[0], _corners[0]);
            foreach (var corner in _corners)
            {
                if (SquaredDistance(a, corner) > SquaredDistance(a, far)) far = corner;
            }

            var length = Math.Sqrt(SquaredDistance(a, far));
            foreach (var c in _corners)
            {
                var twice = ((double)(far.X - a.X) * (c.Y - a.Y)) - ((double)(far.Y - a.Y) * (c.X - a.X));
                if (Math.Abs(twice) > length * 1e-6) return false;
            }

            return true;
        }
    }

    /// <summary>The polygon of the corners' images.</summary>
    public Polygon Map(Func<Point, Point> map) => new(Array.ConvertAll(_corners, corner => map(corner)));

    /// <summary>
    /// Appends runs of pixels in a row that the polygon touches, in no order; they may overlap. A pixel is touched when a side goes through it, or when
    /// its centre is inside.
    /// </summary>
    /// <param name="row">From <paramref name="row"/> to <paramref name="row"/> + 1 in the unit of the corners.</param>
    /// <param name="width">Pixels of the row; runs are cut at its ends.</param>
    /// <param name="runs">First pixel and the one behind the last.</param>
    public void Touch(int row, int width, List<(int Start, int End)> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        for (var i = 0; i < _corners.Length; i++) TouchSide(_corners[i], _corners[(i + 1) % _corners.Length], row, width, runs);
        TouchInside(row, width, runs);
    }

    private static void TouchSide(in Point from, in Point to, int row, int width, List<(int Start, int End)> runs)
    {
        var (upper, lower) = from.Y <= to.Y ? (from, to) : (to, from);
        var (top, bottom) = (Math.Max(upper.Y, (double)row), Math.Min(lower.Y, row + 1.0));
        var level = lower.Y - upper.Y <= Grazing;
        if (level ? bottom - row <= Grazing || row + 1 - top <= Grazing : bottom - top <= Grazing) return;

        var (a, b) = level ? (upper.X, lower.X) : (At(top), At(bottom));
        Add((int)Math.Floor(Math.Clamp(Math.Min(a, b) + Grazing, 0, width)), (int)Math.Ceiling(Math.Clamp(Math.Max(a, b) - Grazing, 0, width)), runs);

        double At(double y) => upper.X + ((y - upper.Y) * ((double)lower.X - upper.X) / ((double)lower.Y - upper.Y));
    }

    /// <summary>Along the row's middle.</summary>
    private void TouchInside(int row, int width, List<(int Start, int End)> runs)
    {
        var middle = row + 0.5;
        var crossings = new List<(double X, int Turn)>(4);
        for (var i = 0; i < _corners.Length; i++)
        {
            var (a, b) = (_corners[i], _corners[(i + 1) % _corners.Length]);
            if ((a.Y <= middle) == (b.Y <= middle)) continue;
            crossings.Add((a.X + ((middle - a.Y) * ((double)b.X - a.X) / ((double)b.Y - a.Y)), a.Y < b.Y ? 1 : -1));
        }

        crossings.Sort(static (a, b) => a.X.CompareTo(b.X));
        var winding = 0;
        for (var i = 0; i + 1 < crossings.Count; i++)
        {
            winding += crossings[i].Turn;
            if (winding == 0) continue;
            var (start, end) = (Math.Ceiling(crossings[i].X - 0.5), Math.Floor(crossings[i + 1].X - 0.5) + 1);
            Add((int)Math.Clamp(start, 0, width), (int)Math.Clamp(end, 0, width), runs);
        }
    }

    private static void Add(int start, int end, List<(int Start, int End)> runs)
    {
        if (end > start) runs.Add((start, end));
    }

    private static double SquaredDistance(in Point a, in Point b) => ((double)(a.X - b.X) * (a.X - b.X)) + ((double)(a.Y - b.Y) * (a.Y - b.Y));
}
