using EdgeVision.Geometry;
using EdgeVision.Imaging;
using EdgeVision.Inference;
using SkiaSharp;

namespace EdgeVision.IntegrationTests.Imaging;

public sealed class LabelChipTests
{
    public static TheoryData<string, float, float, float, float> Places => new()
    {
        { "top left corner", 0, 0, 60, 60 },
        { "top right corner", 580, 0, 640, 60 },
        { "bottom right corner", 600, 440, 640, 480 },
        { "whole picture", 0, 0, 640, 480 },
        { "beyond every edge", -500, -500, 2000, 2000 },
        { "one pixel", 320, 240, 321, 241 },
        { "full height at the right edge", 620, 0, 640, 480 },
    };

    [Theory]
    [MemberData(nameof(Places))]
    public void A_chip_stays_inside_the_picture(string row, float left, float top, float right, float bottom)
    {
        var detection = new Detection(0, 0.5f, new Box(left, top, right, bottom).ClipTo(640, 480));
        var chip = LabelChip.Place("person", detection, LabelSize.For(640, 480), 640, 480, []);

        Assert.NotNull(chip);
        Assert.True(chip.Rect is { Left: >= 0, Top: >= 0, Right: <= 640, Bottom: <= 480 }, $"{row}: {chip.Rect}");
        Assert.True(chip.Rect is { Width: > 60, Height: > 12 }, $"{row}: {chip.Rect}");
    }

    [Fact]
    public void A_chip_that_finds_no_free_place_stays_inside_too()
    {
        var size = LabelSize.For(320, 240);
        var placed = new List<SKRect>();
        string[] names = ["person", "traffic light", "an object with a name that is much longer than its box is wide"];
        foreach (var x in (int[])[0, 100, 310])
        {
            foreach (var y in (int[])[0, 100, 230])
            {
                foreach (var name in names)
                {
                    var chip = LabelChip.Place(name, new Detection(0, 1, new Box(x, y, x + 10, y + 10)), size, 320, 240, placed);

                    Assert.NotNull(chip);
                    Assert.True(chip.Rect is { Left: >= 0, Top: >= 0, Right: <= 320, Bottom: <= 240 }, $"{name} at {x}, {y}: {chip.Rect}");
                }
            }
        }
    }

    [Fact]
    public void Chips_of_neighbours_do_not_cover_each_other()
    {
        var placed = new List<SKRect>();
        for (var i = 0; i < 3; i++)
            LabelChip.Place("person", new Detection(0, 0.9f, new Box(100 + (i * 10), 100, 300 + (i * 10), 400)), LabelSize.For(640, 480), 640, 480, placed);

        foreach (var (a, b) in (ReadOnlySpan<(int, int)>)[(0, 1), (0, 2), (1, 2)])
            Assert.False(placed[a].IntersectsWith(placed[b]), $"{placed[a]} and {placed[b]}");
    }
}
