using CsCheck;
using EdgeVision.Frames;
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

    /// <summary>Every format, odd widths, padded strides, one pixel, up and down; a tensor of sentinel values proves that all of it is written.</summary>
    [Fact]
    public void Vectors_of_every_width_agree_with_the_scalar_version() =>
        (from format in Gen.OneOf(Gen.Const(PixelFormat.Bgr24), Gen.Const(PixelFormat.Rgb24), Gen.Const(PixelFormat.Bgra32), Gen.Const(PixelFormat.Rgba32), Gen.Const(PixelFormat.Grey8))
         from size in Gen.Select(Gen.Int[1, 70], Gen.Int[1, 40])
         from padding in Gen.Int[0, 9]
         from inputSize in Gen.Select(Gen.Int[1, 45], Gen.Int[1, 30])
         from mode in Gen.Enum<ResizeMode>()
         from layout in Gen.Enum<TensorLayout>()
         from colour in Gen.Enum<ColourOrder>()
         from seed in Gen.Int
         select (new FrameFormat(format, size.Item1, size.Item2, (size.Item1 * FrameFormat.BytesPerPixel(format)) + padding),
             new ModelInput
             {
                 Width = inputSize.Item1,
                 Height = inputSize.Item2,
                 Colour = colour,
                 Layout = layout,
                 Resize = mode,
                 Pad = 114,
                 Mean = [103.53f, 116.28f, 123.675f],
                 Std = [57.375f, 57.12f, 58.395f],
             },
             seed))
        .Sample((format, input, seed) =>
        {
            var pixels = new byte[format.SizeInBytes];
            new Random(seed).NextBytes(pixels);
            var expected = Write(new Preprocessor(input, VectorWidth.None), pixels, format);
            foreach (var width in new[] { VectorWidth.Bits128, VectorWidth.Bits256, VectorWidth.Bits512 })
            {
                var actual = Write(new Preprocessor(input, width), pixels, format);
                for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-4f);
            }
        }, iter: 400);

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

    public static TheoryData<string, FrameFormat> Unreadable => new()
    {
        { "a JPEG", FrameFormat.Jpeg(8, 8) },
        { "no width", new FrameFormat(PixelFormat.Bgr24, 0, 8, 24) },
        { "no height", new FrameFormat(PixelFormat.Bgr24, 8, 0, 24) },
        { "rows that overlap", new FrameFormat(PixelFormat.Bgr24, 8, 8, 23) },
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

    [Fact]
    public void A_steady_format_allocates_nothing()
    {
        var format = FrameFormat.Packed(PixelFormat.Bgr24, 64, 48);
        var (preprocessor, pixels) = (new Preprocessor(Plain), Noise(format));
        preprocessor.TryWrite(pixels, format, out _);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) preprocessor.TryWrite(pixels, format, out _);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
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
