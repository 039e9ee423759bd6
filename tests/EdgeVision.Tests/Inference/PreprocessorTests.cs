using EdgeVision.Frames;
using EdgeVision.Geometry;
using EdgeVision.Inference;
using EdgeVision.Models;

namespace EdgeVision.Tests.Inference;

public sealed class PreprocessorTests
{
    private static readonly ModelInput Plain = new() { Width = 8, Height = 8, Colour = ColourOrder.Bgr, Resize = ResizeMode.Stretch };

    public static TheoryData<string, int[], float[]> Rows => new()
    {
        { "same size", [10, 20, 30, 40], [10, 20, 30, 40] },
        { "upscaled by 2: half-pixel centres, edges repeated", [0, 100], [0, 25, 75, 100] },
        { "one pixel", [77], [77, 77, 77, 77] },
        { "downscaled by 2: the mean of two", [0, 10, 20, 30, 40, 50, 60, 70], [5, 25, 45, 65] },
        { "downscaled by 4: the two in the middle", [0, 0, 0, 0, 0, 100, 0, 0, 0, 0, 100, 0, 9, 1, 3, 9], [0, 50, 50, 2] },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_row_is_resized_as_opencv_does(string name, int[] source, float[] expected)
    {
        Assert.NotEmpty(name);
        foreach (var width in Enum.GetValues<VectorWidth>())
        {
            var input = Plain with { Width = 4, Height = 1 };
            var pixels = source.SelectMany(static v => new[] { (byte)v, (byte)(v + 1), (byte)(v + 2) }).ToArray();
            var tensor = Write(new Preprocessor(input, width), pixels, FrameFormat.Packed(PixelFormat.Bgr24, source.Length, 1));
            Assert.Equal(expected, tensor[..4]);
            Assert.Equal(expected.Select(static v => v + 1), tensor[4..8]);
            Assert.Equal(expected.Select(static v => v + 2), tensor[8..]);
        }
    }

    public static TheoryData<PixelFormat, byte[], ColourOrder, float[]> Colours => new()
    {
        { PixelFormat.Bgr24, [1, 2, 3], ColourOrder.Bgr, [1, 2, 3] },
        { PixelFormat.Bgr24, [1, 2, 3], ColourOrder.Rgb, [3, 2, 1] },
        { PixelFormat.Rgb24, [1, 2, 3], ColourOrder.Bgr, [3, 2, 1] },
        { PixelFormat.Rgb24, [1, 2, 3], ColourOrder.Rgb, [1, 2, 3] },
        { PixelFormat.Bgra32, [1, 2, 3, 9], ColourOrder.Bgr, [1, 2, 3] },
        { PixelFormat.Bgra32, [1, 2, 3, 9], ColourOrder.Rgb, [3, 2, 1] },
        { PixelFormat.Rgba32, [1, 2, 3, 9], ColourOrder.Bgr, [3, 2, 1] },
        { PixelFormat.Rgba32, [1, 2, 3, 9], ColourOrder.Rgb, [1, 2, 3] },
        { PixelFormat.Grey8, [7], ColourOrder.Rgb, [7, 7, 7] },
        { PixelFormat.Grey8, [7], ColourOrder.Bgr, [7, 7, 7] },
    };

    [Theory]
    [MemberData(nameof(Colours))]
    public void Colours_arrive_in_the_models_order(PixelFormat format, byte[] pixel, ColourOrder order, float[] expected)
    {
        foreach (var width in Enum.GetValues<VectorWidth>())
        {
            foreach (var layout in Enum.GetValues<TensorLayout>())
            {
                var input = Plain with { Colour = order, Width = 1, Height = 1, Layout = layout };
                Assert.Equal(expected, Write(new Preprocessor(input, width), pixel, FrameFormat.Packed(format, 1, 1)));
            }
        }
    }

    [Fact]
    public void Bars_and_picture_are_normalised_alike()
    {
        var input = Plain with { Width = 4, Height = 4, Resize = ResizeMode.Letterbox, Pad = 114, Mean = [10, 20, 30], Std = [2, 4, 8] };
        var pixels = Enumerable.Repeat((byte)50, 4 * 2 * 3).ToArray();
        var tensor = Write(new Preprocessor(input), pixels, FrameFormat.Packed(PixelFormat.Bgr24, 4, 2));
        float[] picture = [(50 - 10) / 2f, (50 - 20) / 4f, (50 - 30) / 8f];
        float[] bar = [(114 - 10) / 2f, (114 - 20) / 4f, (114 - 30) / 8f];
        for (var i = 0; i < tensor.Length; i++)
        {
            var (colour, y) = (i / 16, i % 16 / 4);
            Assert.Equal(y is 1 or 2 ? picture[colour] : bar[colour], tensor[i], 1e-5f);
        }
    }

    [Fact]
    public void A_new_frame_format_leaves_nothing_of_the_old_one()
    {
        var input = Plain with { Resize = ResizeMode.Letterbox, Pad = 3 };
        var (wide, tall) = (FrameFormat.Packed(PixelFormat.Bgr24, 16, 4), FrameFormat.Packed(PixelFormat.Bgra32, 5, 20));
        var (widePixels, tallPixels) = (Noise(wide), Noise(tall));
        var preprocessor = new Preprocessor(input);
        Write(preprocessor, widePixels, wide, fill: false);
        Write(preprocessor, tallPixels, tall, fill: false);
        Assert.Equal(Write(new Preprocessor(input), tallPixels, tall), preprocessor.Tensor.Floats.ToArray());
        Write(preprocessor, widePixels, wide, fill: false);
        Assert.Equal(Write(new Preprocessor(input), widePixels, wide), preprocessor.Tensor.Floats.ToArray());
    }

    [Fact]
    public void The_last_row_may_come_without_its_padding()
    {
        var format = new FrameFormat(PixelFormat.Bgr24, 5, 3, 20);
        var pixels = Noise(format);
        var expected = Write(new Preprocessor(Plain), pixels, format);
        Assert.True(new Preprocessor(Plain) is var preprocessor && preprocessor.TryWrite(pixels.AsSpan(0, 55), format, out _));
        Assert.Equal(expected, preprocessor.Tensor.Floats.ToArray());
        Assert.Throws<ArgumentException>(() => preprocessor.TryWrite(pixels.AsSpan(0, 54), format, out _));
    }

    [Fact]
    public void A_region_gives_the_tensor_of_a_frame_that_is_only_that_region()
    {
        var format = FrameFormat.Packed(PixelFormat.Rgb24, 23, 17);
        var pixels = Noise(format);
        var region = new PixelRegion(5, 3, 11, 9);
        var part = FrameFormat.Packed(PixelFormat.Rgb24, region.Width, region.Height);
        var partPixels = new byte[part.SizeInBytes];
        for (var y = 0; y < region.Height; y++) pixels.AsSpan(((3 + y) * format.Stride) + 15, part.Stride).CopyTo(partPixels.AsSpan(y * part.Stride));
        foreach (var width in Enum.GetValues<VectorWidth>())
        {
            var preprocessor = new Preprocessor(Plain, width);
            Assert.True(preprocessor.TryWrite(pixels, format, region, out var letterbox));
            Assert.Equal(Write(new Preprocessor(Plain, width), partPixels, part), preprocessor.Tensor.Floats.ToArray());
            Assert.Equal(new Letterbox(11, 9, 0, 0, 8, 8, 5, 3), letterbox);
        }
    }

    [Fact]
    public void A_region_is_cut_at_the_frame_and_one_outside_is_a_mistake()
    {
        var format = FrameFormat.Packed(PixelFormat.Grey8, 8, 8);
        var (preprocessor, pixels) = (new Preprocessor(Plain), Noise(format));
        Assert.True(preprocessor.TryWrite(pixels, format, new PixelRegion(-2, 4, 6, int.MaxValue), out var letterbox));
        Assert.Equal((0, 4, 4, 4), (letterbox.SourceLeft, letterbox.SourceTop, letterbox.SourceWidth, letterbox.SourceHeight));
        foreach (var nothing in new PixelRegion[] { new(8, 0, 4, 4), new(0, -4, 4, 4), new(2, 2, 0, 3), new(2, 2, 3, -1) })
        {
            Assert.Throws<ArgumentException>("region", () => preprocessor.TryWrite(pixels, format, nothing, out _));
        }
    }

    public static TheoryData<float, float, int> Rounded => new()
    {
        { 0, 1, 100 },
        { 0.5f, 1, 100 },
        { 0.6f, 1, 99 },
        { 120, 1, 0 },
        { 0, 0.25f, 255 },
        { 0, 3, 33 },
    };

    [Theory]
    [MemberData(nameof(Rounded))]
    public void Bytes_are_rounded_to_the_nearest_and_saturate(float mean, float std, int expected)
    {
        foreach (var width in Enum.GetValues<VectorWidth>())
        {
            var input = Plain with { Element = TensorElement.UInt8, Mean = [mean, mean, mean], Std = [std, std, std] };
            var preprocessor = new Preprocessor(input, width);
            Assert.True(preprocessor.TryWrite(Enumerable.Repeat((byte)100, 64).ToArray(), FrameFormat.Packed(PixelFormat.Grey8, 8, 8), out _));
            Assert.All(preprocessor.Tensor.Bytes.ToArray(), value => Assert.Equal(expected, value));
        }
    }

    public static TheoryData<string, FrameFormat> Unreadable => new()
    {
        { "a JPEG", FrameFormat.Jpeg(8, 8) },
        { "no width", new FrameFormat(PixelFormat.Bgr24, 0, 8, 24) },
        { "no height", new FrameFormat(PixelFormat.Bgr24, 8, 0, 24) },
        { "rows that overlap", new FrameFormat(PixelFormat.Bgr24, 8, 8, 23) },
        { "half a pair missing", new FrameFormat(PixelFormat.Yuyv, 7, 8, 14) },
        { "more bytes than an array has", new FrameFormat(PixelFormat.I444, 30_000, 30_000, 30_000) },
        { "a width beyond reason", new FrameFormat(PixelFormat.Bgra32, int.MaxValue, 1, int.MaxValue) },
        { "a stride beyond reason", new FrameFormat(PixelFormat.Nv12, 8, int.MaxValue, int.MaxValue) },
        { "a format of tomorrow", new FrameFormat((PixelFormat)99, 8, 8, 64) },
    };

    [Theory]
    [MemberData(nameof(Unreadable))]
    public void A_format_that_cannot_be_read_is_refused_and_harms_nothing(string name, FrameFormat format)
    {
        Assert.NotEmpty(name);
        var good = FrameFormat.Packed(PixelFormat.Bgr24, 8, 8);
        var preprocessor = new Preprocessor(Plain);
        Assert.False(preprocessor.TryWrite(new byte[1000], format, out _));
        Assert.True(preprocessor.TryWrite(Noise(good), good, out var letterbox));
        Assert.False(preprocessor.TryWrite(new byte[1000], format, out _));
        Assert.Equal(8, letterbox.Width);
    }

    private static long Allocated(Preprocessor preprocessor, byte[] pixels, in FrameFormat format)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 20; i++) preprocessor.TryWrite(pixels, format, out _);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    [Fact]
    public void A_steady_format_allocates_nothing()
    {
        foreach (var pixelFormat in Enum.GetValues<PixelFormat>().Where(Preprocessor.Supports))
        {
            foreach (var (layout, element) in from layout in Enum.GetValues<TensorLayout>() from element in Enum.GetValues<TensorElement>() select (layout, element))
            {
                var format = FrameFormat.Packed(pixelFormat, 64, 48);
                var (preprocessor, pixels) = (new Preprocessor(Plain with { Layout = layout, Element = element }), Noise(format));
                preprocessor.TryWrite(pixels, format, out _);
                // The least of three: a method that is compiled again meanwhile may allocate, once.
                Assert.Equal(0, Enumerable.Range(0, 3).Min(_ => Allocated(preprocessor, pixels, format)));
            }
        }
    }

    private static byte[] Noise(FrameFormat format)
    {
        var pixels = new byte[format.SizeInBytes];
        new Random(format.Width).NextBytes(pixels);
        return pixels;
    }

    private static float[] Write(Preprocessor preprocessor, byte[] pixels, FrameFormat format, bool fill = true)
    {
        if (fill) preprocessor.Tensor.Floats.Fill(float.NaN);
        Assert.True(preprocessor.TryWrite(pixels, format, out _));
        return preprocessor.Tensor.Floats.ToArray();
    }
}
