using CsCheck;
using EdgeVision.Geometry;
using EdgeVision.Inference;

namespace EdgeVision.Tests.Inference;

public sealed class LetterboxTests
{
    public static TheoryData<string, ResizeMode, int, int, Letterbox> Fits => new()
    {
        { "wide, bars above and below", ResizeMode.Letterbox, 1280, 720, new Letterbox(1280, 720, 0, 91, 416, 234) },
        { "tall, bars at the sides", ResizeMode.Letterbox, 480, 640, new Letterbox(480, 640, 52, 0, 312, 416) },
        { "square, no bars", ResizeMode.Letterbox, 64, 64, new Letterbox(64, 64, 0, 0, 416, 416) },
        { "the odd row of the bars is below", ResizeMode.Letterbox, 773, 512, new Letterbox(773, 512, 0, 70, 416, 276) },
        { "at the top left", ResizeMode.TopLeft, 1280, 720, new Letterbox(1280, 720, 0, 0, 416, 234) },
        { "stretched", ResizeMode.Stretch, 1280, 720, new Letterbox(1280, 720, 0, 0, 416, 416) },
        { "a line keeps one pixel", ResizeMode.Letterbox, 4000, 1, new Letterbox(4000, 1, 0, 207, 416, 1) },
        { "one pixel fills the input", ResizeMode.Letterbox, 1, 1, new Letterbox(1, 1, 0, 0, 416, 416) },
    };

    [Theory]
    [MemberData(nameof(Fits))]
    public void A_frame_is_fitted_into_416_by_416(string name, ResizeMode mode, int width, int height, Letterbox expected)
    {
        Assert.NotEmpty(name);
        Assert.Equal(expected, Letterbox.Fit(mode, width, height, 416, 416));
    }

    [Fact]
    public void A_box_comes_back_to_its_source_pixels() =>
        (from mode in Gen.Enum<ResizeMode>()
         from width in Gen.Int[1, 5000]
         from height in Gen.Int[1, 5000]
         from input in Gen.Select(Gen.Int[1, 1300], Gen.Int[1, 1300])
         from x in Gen.Select(Gen.Float[0, 1], Gen.Float[0, 1])
         from y in Gen.Select(Gen.Float[0, 1], Gen.Float[0, 1])
         select (Letterbox.Fit(mode, width, height, input.Item1, input.Item2), new Box(x.Item1 * width, y.Item1 * height, x.Item2 * width, y.Item2 * height)))
        .Sample((letterbox, box) =>
        {
            var back = letterbox.ToSource(letterbox.ToInput(box));

            // One part in a hundred thousand of an input pixel's worth of source pixels: what single precision keeps.
            var (x, y) = (1e-3f + (1e-3f / letterbox.ScaleX), 1e-3f + (1e-3f / letterbox.ScaleY));
            return Math.Abs(back.Left - box.Left) <= x && Math.Abs(back.Right - box.Right) <= x && Math.Abs(back.Top - box.Top) <= y && Math.Abs(back.Bottom - box.Bottom) <= y;
        });

    [Fact]
    public void A_picture_stays_inside_the_input() =>
        Gen.Select(Gen.Enum<ResizeMode>(), Gen.Int[1, 9000], Gen.Int[1, 9000], Gen.Int[1, 2000], Gen.Int[1, 2000]).Sample((mode, width, height, inputWidth, inputHeight) =>
        {
            var l = Letterbox.Fit(mode, width, height, inputWidth, inputHeight);
            return l is { Width: >= 1, Height: >= 1, Left: >= 0, Top: >= 0 } && l.Left + l.Width <= inputWidth && l.Top + l.Height <= inputHeight
                && (l.Width == inputWidth || l.Height == inputHeight);
        });

    [Fact]
    public void A_box_over_the_edge_is_cut_at_the_frame() =>
        Assert.Equal(new Box(0, 0, 1280, 720), Letterbox.Fit(ResizeMode.Letterbox, 1280, 720, 416, 416).ToSource(new Box(-5, 0, 420, 416)));

    [Fact]
    public void A_regions_boxes_come_back_to_the_frame_and_end_at_the_region()
    {
        var letterbox = Letterbox.Fit(ResizeMode.Letterbox, new PixelRegion(100, 50, 832, 416), 416, 416);
        Assert.Equal(new Letterbox(832, 416, 0, 104, 416, 208, 100, 50), letterbox);
        Assert.Equal(new Box(120, 50, 932, 466), letterbox.ToSource(new Box(10, 100, 500, 400)));
        Assert.Equal(new Point(120, 70), letterbox.ToSource(new Point(10, 114)));
        Assert.Equal(new Box(10, 114, 20, 124), letterbox.ToInput(new Box(120, 70, 140, 90)));
    }
}
