using EdgeVision.Frames;
using EdgeVision.Geometry;
using EdgeVision.Imaging;
using EdgeVision.Inference;
using SkiaSharp;

namespace EdgeVision.IntegrationTests.Imaging;

public sealed class AnnotatorTests : IDisposable
{
    private static readonly string[] Labels = ["person", "bicycle", "traffic light", "an object with a name that is much longer than its box is wide"];

    private readonly FramePool _pool = new();
    private readonly Annotator _annotator = new(Labels);

    public void Dispose() => Assert.Equal(0, _pool.Rented);

    [Fact]
    public void The_same_detections_draw_the_same_bytes()
    {
        using var frame = Pictures.Gradient(_pool, 320, 240);
        Detection[] detections = [Some(0, 0.9f, 20, 30, 90, 200), Some(1, 0.4f, 60, 60, 250, 220), Some(2, 0.7f, 200, 10, 230, 60)];

        Assert.Equal(_annotator.Encode(frame, detections), _annotator.Encode(frame, detections));
        Assert.Equal(_annotator.Encode(frame, detections, PictureFormat.Png), new Annotator(Labels).Encode(frame, detections, PictureFormat.Png));
    }

    [Fact]
    public void Without_detections_the_pixels_stay_as_they_are()
    {
        using var frame = Pictures.Gradient(_pool, 61, 47);

        Assert.Equal(PictureWriter.Encode(frame, PictureFormat.Png), _annotator.Encode(frame, [], PictureFormat.Png));
    }

    [Fact]
    public void The_frame_is_not_drawn_on()
    {
        using var frame = Pictures.Gradient(_pool, 61, 47, PixelFormat.Bgra32);
        using var before = frame.Clone(_pool);

        _annotator.Encode(frame, [Some(0, 0.9f, 5, 5, 40, 40)]);

        Assert.True(before.Pixels.SequenceEqual(frame.Pixels));
    }

    [Fact]
    public void The_inside_and_the_outside_of_a_box_stay_untouched()
    {
        using var frame = Pictures.Grey(_pool, 640, 480);
        using var drawn = Draw(frame, Some(2, 0.87f, 200, 150, 400, 350));

        Assert.Equal(ClassPalette.Of(2), drawn.GetPixel(201, 250));
        Assert.Equal(new SKColor(128, 128, 128), drawn.GetPixel(300, 250));
        Assert.Equal(new SKColor(128, 128, 128), drawn.GetPixel(100, 250));
    }

    [Theory]
    [InlineData("in the middle", 60, 60, 200, 200)]
    [InlineData("the whole picture", 0, 0, 320, 240)]
    [InlineData("over the edges", -50, -20, 400, 300)]
    [InlineData("in a corner", 280, 200, 320, 240)]
    public void The_box_is_drawn_in_its_colour_along_its_edge(string row, float left, float top, float right, float bottom)
    {
        using var frame = Pictures.Gradient(_pool, 320, 240);
        using var drawn = Draw(frame, Some(0, 0.9f, left, top, right, bottom));
        var colour = ClassPalette.Of(0);

        // Seen at the middle of each edge inside the picture, within the width of the line.
        var (l, t, r, b) = ((int)Math.Max(0, left), (int)Math.Max(0, top), (int)Math.Min(320, right), (int)Math.Min(240, bottom));
        Assert.True(AnyNear(drawn, colour, l, (t + b) / 2, 1, 0), row + ", left");
        Assert.True(AnyNear(drawn, colour, r - 1, (t + b) / 2, -1, 0), row + ", right");
        Assert.True(AnyNear(drawn, colour, (l + r) / 2, b - 1, 0, -1), row + ", bottom");
        Assert.True(AnyNear(drawn, colour, r - 8, t, 0, 1), row + ", top");
    }

    public static TheoryData<string, int, int> PictureSizes => new()
    {
        { "one pixel", 1, 1 },
        { "a sliver", 300, 3 },
        { "a pole", 16, 2000 },
        { "thumbnail", 32, 24 },
        { "camera", 640, 480 },
        { "photograph", 1920, 1350 },
    };

    [Theory]
    [MemberData(nameof(PictureSizes))]
    public void Every_picture_size_can_be_annotated(string row, int width, int height)
    {
        using var frame = Pictures.Grey(_pool, width, height);
        using var plain = Draw(frame);
        using var drawn = Draw(frame, Some(0, 0.5f, 0, 0, width, height), Some(7, 2, width / 3f, 0, width, height / 2f));

        Assert.True((drawn.Width, drawn.Height) == (width, height), row);
        if (width > 1) Assert.False(plain.Bytes.SequenceEqual(drawn.Bytes), row);
    }

    public static TheoryData<string, Detection> Undrawable => new()
    {
        { "no left", Some(0, 0.9f, float.NaN, 0, 10, 10) },
        { "no bottom", Some(0, 0.9f, 0, 0, 10, float.NaN) },
        { "endless", Some(0, 0.9f, 0, 0, float.PositiveInfinity, 10) },
        { "from endless to endless", Some(0, 0.9f, float.NegativeInfinity, 0, float.PositiveInfinity, 10) },
        { "no confidence", Some(0, float.NaN, 1, 1, 10, 10) },
        { "empty", Some(0, 0.9f, 5, 5, 5, 10) },
        { "inverted", Some(0, 0.9f, 10, 10, 5, 5) },
        { "outside", Some(0, 0.9f, 500, 500, 600, 600) },
    };

    [Theory]
    [MemberData(nameof(Undrawable))]
    public void A_box_that_is_none_leaves_no_trace(string row, Detection detection)
    {
        using var frame = Pictures.Gradient(_pool, 100, 80);
        using var plain = Draw(frame);
        using var drawn = Draw(frame, detection);

        Assert.True(plain.Bytes.SequenceEqual(drawn.Bytes), row);
    }

    [Fact]
    public void Ids_without_a_name_and_letters_without_a_glyph_are_drawn()
    {
        using var frame = Pictures.Grey(_pool, 320, 240);
        foreach (var annotator in new[] { _annotator, new Annotator(["", "人\n\0é"]), new Annotator([]) })
        {
            foreach (var classId in new[] { 0, 1, 77, -1, int.MinValue, int.MaxValue })
                Assert.NotEmpty(annotator.Encode(frame, [Some(classId, 2.5f, 50, 50, 150, 150)], PictureFormat.Png));
        }
    }

    [Fact]
    public void A_compressed_frame_is_decoded_for_drawing_and_a_broken_one_told_in_one_sentence()
    {
        using var whole = Pictures.Compressed(_pool, Pictures.Pedestrian());
        using var broken = Pictures.Compressed(_pool, Pictures.Pedestrian().AsSpan(0, 9000));

        Assert.Equal("JPEG", PictureSignature.Name(_annotator.Encode(whole, [])));
        Assert.Matches("^[A-Z].*[^.][.]$", Assert.Throws<PictureException>(() => _annotator.Encode(broken, [])).Message);
    }

    private static Detection Some(int classId, float confidence, float left, float top, float right, float bottom) =>
        new(classId, confidence, new Box(left, top, right, bottom));

    private SKBitmap Draw(Frame frame, params Detection[] detections) => SKBitmap.Decode(_annotator.Encode(frame, detections, PictureFormat.Png));

    /// <summary>Within the width of the line, from (x, y) on in steps of (dx, dy).</summary>
    private static bool AnyNear(SKBitmap picture, SKColor colour, int x, int y, int dx, int dy)
    {
        for (var i = 0; i < 6; i++)
        {
            var at = picture.GetPixel(x + (i * dx), y + (i * dy));
            if (Math.Abs(at.Blue - colour.Blue) + Math.Abs(at.Green - colour.Green) + Math.Abs(at.Red - colour.Red) < 40) return true;
        }

        return false;
    }
}
