using CsCheck;
using EdgeVision.Frames;
using EdgeVision.Geometry;
using EdgeVision.Inference;
using EdgeVision.Models;
using EdgeVision.Tests.Doubles;

namespace EdgeVision.Tests.Inference;

/// <summary>A picture turned on its way into the tensor against the same picture turned before, pixel by pixel.</summary>
public sealed class PreprocessorOrientationTests
{
    private static readonly PixelFormat[] Formats = [.. Enum.GetValues<PixelFormat>().Where(Preprocessor.Supports)];

    private static readonly Gen<Case> Cases =
        from pixels in Gen.Int[0, Formats.Length - 1].Select(static i => Formats[i])
        from encoding in Gen.Enum<YuvEncoding>()
        from orientation in Gen.Enum<FrameOrientation>()
        from width in Gen.Int[1, 90]
        from height in Gen.Int[1, 70]
        from padding in Gen.OneOf(Gen.Const(0), Gen.Int[0, 9])
        from inputWidth in Gen.Int[1, 80]
        from inputHeight in Gen.Int[1, 80]
        from mode in Gen.Enum<ResizeMode>()
        from element in Gen.Enum<TensorElement>()
        from layout in Gen.Enum<TensorLayout>()
        from colour in Gen.Enum<ColourOrder>()
        from left in Gen.Int[0, (int)orientation >= 4 ? height - 1 : width - 1]
        from top in Gen.Int[0, (int)orientation >= 4 ? width - 1 : height - 1]
        from whole in Gen.Bool
        from seed in Gen.Int
        select new Case(
            new FrameFormat(pixels, width, height, FrameFormat.RowBytes(pixels, width) + padding, encoding),
            orientation,
            whole ? new PixelRegion(0, 0, 90, 90) : new PixelRegion(left, top, 40, 30),
            new ModelInput { Width = inputWidth, Height = inputHeight, Colour = colour, Element = element, Layout = layout, Resize = mode, Pad = 114 },
            seed);

    [Fact]
    public void A_frame_turned_by_the_preprocessor_is_the_frame_turned_before_it() => Cases.Sample(static c =>
    {
        var pixels = new byte[c.Format.SizeInBytes];
        new Random(c.Seed).NextBytes(pixels);
        var (turned, upright) = TurnedPicture.Of(pixels, c.Format, c.Orientation);
        var expected = new Preprocessor(c.Input);
        Assert.True(expected.TryWrite(turned, upright, c.Region, out var expectedLetterbox));

        var preprocessor = new Preprocessor(c.Input);
        Assert.True(preprocessor.TryWrite(pixels, c.Format, c.Region, c.Orientation, out var letterbox));

        Assert.Equal(expectedLetterbox, letterbox);
        if (!c.Orientation.SwapsSides()) Assert.Equal(expected.Tensor.Bytes, preprocessor.Tensor.Bytes);
        else Compare(expected.Tensor, preprocessor.Tensor, Rounding(c));
    }, iter: 1500);

    /// <summary>The whole upright frame, without a region, and each orientation after another in one preprocessor.</summary>
    [Fact]
    public void A_preprocessor_follows_the_frames_orientation()
    {
        var format = FrameFormat.Packed(PixelFormat.Nv12, 64, 36);
        var pixels = new byte[format.SizeInBytes];
        new Random(5).NextBytes(pixels);
        var input = new ModelInput { Width = 32, Height = 32, Colour = ColourOrder.Rgb, Resize = ResizeMode.Letterbox };
        var preprocessor = new Preprocessor(input);
        foreach (var orientation in Enum.GetValues<FrameOrientation>())
        {
            Assert.True(preprocessor.TryWrite(pixels, format, orientation, out var letterbox));
            var (turned, upright) = TurnedPicture.Of(pixels, format, orientation);
            var expected = new Preprocessor(input);
            Assert.True(expected.TryWrite(turned, upright, out var expectedLetterbox));
            Assert.Equal(expectedLetterbox, letterbox);
            Assert.Equal(orientation.SwapsSides() ? (18, 32) : (32, 18), (letterbox.Width, letterbox.Height));
            Compare(expected.Tensor, preprocessor.Tensor, 2);
        }
    }

    [Theory]
    [InlineData(TensorElement.Float32, TensorLayout.Nchw)]
    [InlineData(TensorElement.Float16, TensorLayout.Nchw)]
    [InlineData(TensorElement.UInt8, TensorLayout.Nhwc)]
    public void Turning_allocates_nothing_once_the_format_is_known(TensorElement element, TensorLayout layout)
    {
        var format = FrameFormat.Packed(PixelFormat.Yuyv, 320, 180);
        var pixels = new byte[format.SizeInBytes];
        var preprocessor = new Preprocessor(new ModelInput { Width = 96, Height = 96, Colour = ColourOrder.Rgb, Resize = ResizeMode.Letterbox, Element = element, Layout = layout });
        for (var i = 0; i < 3; i++) preprocessor.TryWrite(pixels, format, FrameOrientation.Rotated90, out _);
        Assert.Equal(0, Allocated.By(() =>
        {
            for (var i = 0; i < 20; i++) preprocessor.TryWrite(pixels, format, FrameOrientation.Rotated90, out _);
        }));
    }

    /// <summary>
    /// Grey levels. A quarter turn exchanges which side has weights of 8 bits; each is at most half a part of 256 off, between samples that differ by at
    /// most 255, and limited YUV stretches what comes of it: by 255/219 for luma, and by up to 2.2 for each chroma.
    /// </summary>
    private static double Rounding(Case c) => (FrameFormat.BytesPerPixel(c.Format.Pixels) > 0 ? 1.02 : 5.5) + (c.Input.Element == TensorElement.UInt8 ? 1 : c.Input.Element == TensorElement.Float16 ? 0.25 : 0);

    private static void Compare(InputTensor expected, InputTensor actual, double most)
    {
        for (var i = 0; i < expected.Length; i++)
        {
            var difference = expected.Element switch
            {
                TensorElement.Float32 => Math.Abs(expected.Floats[i] - actual.Floats[i]),
                TensorElement.Float16 => Math.Abs((float)expected.Halves[i] - (float)actual.Halves[i]),
                _ => Math.Abs(expected.Bytes[i] - actual.Bytes[i]),
            };
            Assert.True(difference <= most, $"value {i} is {difference} away");
        }
    }

    private sealed record Case(FrameFormat Format, FrameOrientation Orientation, PixelRegion Region, ModelInput Input, int Seed);
}
