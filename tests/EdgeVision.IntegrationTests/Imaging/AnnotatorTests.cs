using EdgeVision.Frames;
using EdgeVision.Geometry;
using EdgeVision.Imaging;
using EdgeVision.Inference;
using SkiaSharp;

namespace EdgeVision.IntegrationTests.Imaging;

public sealed class AnnotatorTests
{
    private static readonly string[] Labels = ["person", "bicycle", "car"];
    private readonly FramePool _pool = new();

    [Fact]
    public void A_box_is_drawn_in_the_colour_of_its_class_and_its_inside_is_untouched()
    {
        using (var frame = Pictures.Grey(_pool, 640, 480))
        {
            using var picture = Draw(frame, new Detection(2, 0.87f, new Box(200, 150, 400, 350)));

            Assert.Equal(ClassPalette.Of(2), picture.GetPixel(201, 250));
            Assert.Equal(new SKColor(128, 128, 128), picture.GetPixel(300, 250));
            Assert.Equal(new SKColor(128, 128, 128), picture.GetPixel(100, 250));
        }

        Assert.Equal(0, _pool.Rented);
    }

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
    public void The_chip_stays_inside_the_picture(string row, float left, float top, float right, float bottom)
    {
        var detection = new Detection(0, 0.5f, new Box(left, top, right, bottom).ClipTo(640, 480));
        var chip = LabelChip.Place("person", detection, LabelSize.For(640, 480), 640, 480, []);

        Assert.NotNull(chip);
        Assert.True(chip.Rect is { Left: >= 0, Top: >= 0, Right: <= 640, Bottom: <= 480 }, $"{row}: {chip.Rect}");
        Assert.True(chip.Rect is { Width: > 60, Height: > 12 }, $"{row}: {chip.Rect}");
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

    public static TheoryData<string, int, int> PictureSizes => new()
    {
        { "one pixel", 1, 1 },
        { "a sliver", 300, 3 },
        { "thumbnail", 32, 24 },
        { "camera", 640, 480 },
        { "photograph", 1920, 1350 },
    };

    [Theory]
    [MemberData(nameof(PictureSizes))]
    public void Every_picture_size_can_be_annotated(string row, int width, int height)
    {
        using var frame = Pictures.Grey(_pool, width, height);
        using var picture = Draw(frame, new Detection(0, 0.5f, new Box(0, 0, width, height)), new Detection(7, 2, new Box(width / 3f, 0, width, height / 2f)));

        Assert.True((picture.Width, picture.Height) == (width, height), row);
    }

    [Fact]
    public void Boxes_that_are_no_boxes_are_left_out()
    {
        using var frame = Pictures.Grey(_pool, 64, 64);
        using var plain = Draw(frame);
        using var picture = Draw(
            frame,
            new Detection(0, 0.5f, new Box(float.NaN, 0, 10, 10)),
            new Detection(0, 0.5f, new Box(0, 0, float.PositiveInfinity, 10)),
            new Detection(0, 0.5f, new Box(30, 30, 20, 20)),
            new Detection(0, 0.5f, new Box(-20, -20, -10, -10)));

        Assert.Equal(plain.Bytes, picture.Bytes);
    }

    [Theory]
    [InlineData(PixelFormat.Bgr24)]
    [InlineData(PixelFormat.Rgb24)]
    [InlineData(PixelFormat.Bgra32)]
    [InlineData(PixelFormat.Rgba32)]
    [InlineData(PixelFormat.Grey8)]
    public void Every_pixel_format_keeps_its_colours(PixelFormat pixels)
    {
        var format = FrameFormat.Packed(pixels, 3, 2) with { Stride = 40 };     // padded rows
        var buffer = _pool.Rent(format.SizeInBytes);
        buffer.Memory.Span.Clear();
        ReadOnlySpan<byte> orange = pixels switch
        {
            PixelFormat.Bgr24 => [0, 128, 255],
            PixelFormat.Rgb24 => [255, 128, 0],
            PixelFormat.Bgra32 => [0, 128, 255, 0],
            PixelFormat.Rgba32 => [255, 128, 0, 0],
            _ => [77],
        };
        orange.CopyTo(buffer.Memory.Span[(40 + (2 * orange.Length))..]);
        using (var frame = new Frame(buffer, format, format.SizeInBytes, 1, default, 0))
        {
            using var picture = SKBitmap.Decode(PictureWriter.Encode(frame, PictureFormat.Png));

            Assert.Equal(pixels == PixelFormat.Grey8 ? new SKColor(77, 77, 77) : new SKColor(255, 128, 0), picture.GetPixel(2, 1));
            Assert.Equal(SKColors.Black, picture.GetPixel(1, 1));
        }

        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public void A_compressed_frame_is_decoded_for_drawing_and_a_broken_one_refused()
    {
        using var whole = Pictures.Compressed(_pool, Pictures.Pedestrian());
        using var broken = Pictures.Compressed(_pool, Pictures.Pedestrian().AsSpan(0, 9000));

        Assert.Equal("JPEG", PictureSignature.Name(new Annotator(Labels).Encode(whole, [])));
        Assert.Throws<PictureException>(() => new Annotator(Labels).Encode(broken, []));
    }

    [Fact]
    public void Neighbouring_classes_have_hues_far_apart_and_dark_text_is_readable_on_all()
    {
        for (var id = -3; id < 1000; id++)
        {
            for (var next = 1; next <= 4; next++)
            {
                var apart = Math.Abs(ClassPalette.Hue(id) - ClassPalette.Hue(id + next));
                Assert.True(Math.Min(apart, 360 - apart) > 50, $"classes {id} and {id + next} are {apart:0}° apart");
            }

            Assert.Equal(ClassPalette.Of(id), ClassPalette.Of(id));
            Assert.True(Contrast(ClassPalette.Of(id)) > 7, $"class {id}: {Contrast(ClassPalette.Of(id)):0.0}");    // WCAG 2.1 AAA
        }
    }

    [Fact]
    public void Every_letter_of_ascii_and_latin_1_is_drawn()
    {
        for (var letter = ' '; letter <= '~'; letter++) Assert.True(StrokeGlyphs.Has(letter), letter.ToString());
        foreach (var letter in "äöüÄÖÜßéèêëàâçîïôûùñÑåÅøØæÿ°") Assert.True(StrokeGlyphs.Has(letter), letter.ToString());
        Assert.False(StrokeGlyphs.Has('漢'));
        Assert.True(StrokeFont.Measure("person") > StrokeFont.Measure("perso"));
        Assert.Equal(0, StrokeFont.Measure(""));
    }

    /// <summary>Against the ink of the chips, WCAG 2.1.</summary>
    private static double Contrast(SKColor color)
    {
        return (Luminance(color) + 0.05) / (Luminance(new SKColor(0x12, 0x17, 0x1C)) + 0.05);

        static double Luminance(SKColor c) => (0.2126 * Linear(c.Red)) + (0.7152 * Linear(c.Green)) + (0.0722 * Linear(c.Blue));

        static double Linear(byte value) => value / 255.0 <= 0.03928 ? value / 255.0 / 12.92 : Math.Pow(((value / 255.0) + 0.055) / 1.055, 2.4);
    }

    private static SKBitmap Draw(Frame frame, params Detection[] detections) =>
        SKBitmap.Decode(new Annotator(Labels).Encode(frame, detections, PictureFormat.Png));
}
