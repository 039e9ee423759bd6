using CsCheck;
using EdgeVision.Geometry;

namespace EdgeVision.Tests.Geometry;

public sealed class PolygonTests
{
    /// <summary>Corners as "x,y x,y", and the touched pixels of a small picture.</summary>
    public static TheoryData<string, string, string[]> Shapes => new()
    {
        { "a rectangle on the edges of pixels touches no neighbour", "1,1 3,1 3,3 1,3", ["....", ".##.", ".##.", "...."] },
        { "a rectangle between them touches all it reaches into", "1.2,1.9 2.1,1.9 2.1,2.1 1.2,2.1", ["....", ".##.", ".##.", "...."] },
        { "inside one pixel", "2.4,1.4 2.6,1.4 2.5,1.6", ["....", "..#.", "....", "...."] },
        { "the other way around", "1,3 3,3 3,1 1,1", ["....", ".##.", ".##.", "...."] },
        { "a triangle over the corner of the picture", "-3,-3 4,-3 -3,4", ["#...", "....", "....", "...."] },
        { "around the picture", "-9,-9 20,-9 20,20 -9,20", ["####", "####", "####", "####"] },
        { "beside the picture", "10,0 12,0 12,4", ["....", "....", "....", "...."] },
        { "two triangles that meet in a point", "0,0 4,4 4,0 0,4", ["#..#", "####", "####", "#..#"] },
        { "what is enclosed twice is enclosed", "0,0 4,0 4,4 0,4 0,0 3,0 3,3 1,3 1,0", ["####", "####", "####", "####"] },
        { "a hole is wound the other way", "0,0 4,0 4,4 0,4 0,0 1,1 1,3 3,3 3,1 1,1", ["####", "#..#", "#..#", "####"] },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Pixels_are_touched(string name, string corners, string[] expected)
    {
        Assert.NotEmpty(name);
        var polygon = Parse(corners);
        var touched = Enumerable.Range(0, 4).Select(y => new string([.. Touched(polygon, y, 4).Select(static t => t ? '#' : '.')])).ToArray();
        Assert.Equal(expected, touched);
    }

    /// <summary>Any star of corners: a pixel is touched when its middle is inside or a side goes through it, and only then.</summary>
    [Fact]
    public void A_pixel_is_touched_when_a_side_goes_through_it_or_its_middle_is_inside() =>
        Gen.Select(Gen.Float[-4, 24], Gen.Float[-4, 24]).Select(static p => new Point(p.Item1, p.Item2)).List[3, 9].Sample(static corners =>
        {
            var polygon = new Polygon(corners);
            for (var y = 0; y < 20; y++)
            {
                var touched = Touched(polygon, y, 20);
                for (var x = 0; x < 20; x++)
                {
                    var inside = Winding.Contains(corners, x + 0.5, y + 0.5);
                    if (inside || GoesThrough(corners, x, y, 0.01)) Assert.True(touched[x], $"{x},{y} is missing");
                    else if (!GoesThrough(corners, x, y, -0.01)) Assert.False(touched[x], $"{x},{y} is too much");
                }
            }
        }, iter: 2000);

    [Theory]
    [InlineData("0.1,0.1 0.5,0.5 0.9,0.9", true)]
    [InlineData("0.5,0.5 0.5,0.5 0.5,0.5", true)]
    [InlineData("0,0 0,1 0,0.5 0,0.2", true)]
    [InlineData("0,0 1,1 1,0 0,1", false)]
    [InlineData("0,0 0.001,0 0,0.001", false)]
    public void A_polygon_on_one_line_is_flat(string corners, bool expected) => Assert.Equal(expected, Parse(corners).IsFlat);

    private static bool[] Touched(Polygon polygon, int row, int width)
    {
        var runs = new List<(int Start, int End)>();
        polygon.Touch(row, width, runs);
        var touched = new bool[width];
        foreach (var (start, end) in runs) Array.Fill(touched, true, start, end - start);
        return touched;
    }

    /// <summary>Cuts each side to a pixel that is smaller by a margin on all sides (Liang and Barsky).</summary>
    private static bool GoesThrough(List<Point> corners, int x, int y, double margin)
    {
        for (var i = 0; i < corners.Count; i++)
        {
            var (a, b) = (corners[i], corners[(i + 1) % corners.Count]);
            var (from, to) = (0.0, 1.0);
            if (Cut(a.X, b.X, x + margin, x + 1 - margin, ref from, ref to) && Cut(a.Y, b.Y, y + margin, y + 1 - margin, ref from, ref to)) return true;
        }

        return false;

        static bool Cut(double a, double b, double least, double most, ref double from, ref double to)
        {
            if (Math.Abs(b - a) < 1e-9) return a >= least && a <= most;
            var (enter, leave) = ((least - a) / (b - a), (most - a) / (b - a));
            if (enter > leave) (enter, leave) = (leave, enter);
            (from, to) = (Math.Max(from, enter), Math.Min(to, leave));
            return from <= to;
        }
    }

    private static Polygon Parse(string corners) => new([.. corners.Split(' ').Select(static c => c.Split(',')).Select(static c =>
        new Point(float.Parse(c[0], System.Globalization.CultureInfo.InvariantCulture), float.Parse(c[1], System.Globalization.CultureInfo.InvariantCulture)))]);
}
