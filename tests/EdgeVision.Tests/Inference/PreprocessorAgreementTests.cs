using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using CsCheck;
using EdgeVision.Frames;
using EdgeVision.Geometry;
using EdgeVision.Inference;
using EdgeVision.Models;

namespace EdgeVision.Tests.Inference;

/// <summary>
/// Every vectorised kernel against the scalar twin: formats × encodings × element types × layouts × odd sizes × padded strides × regions ×
/// orientations. The frame ends at an unmapped page, without the padding of its last row, and begins at one in half of the cases: a read beyond it is a crash.
/// </summary>
public sealed class PreprocessorAgreementTests
{
    private static readonly PixelFormat[] Formats = [.. Enum.GetValues<PixelFormat>().Where(Preprocessor.Supports)];

    private static readonly Gen<Case> Cases =
        from pixels in Gen.Int[0, Formats.Length - 1].Select(static i => Formats[i])
        from encoding in Gen.Enum<YuvEncoding>()
        from size in Gen.Select(Gen.Int[1, 90], Gen.Int[1, 40])
        from padding in Gen.OneOf(Gen.Const(0), Gen.Int[0, 9])
        from orientation in Gen.Enum<FrameOrientation>()
        from region in Gen.OneOf(
            Gen.Const(new PixelRegion(0, 0, 90, 90)),
            from left in Gen.Int[0, (orientation.SwapsSides() ? size.Item2 : size.Item1) - 1]
            from top in Gen.Int[0, (orientation.SwapsSides() ? size.Item1 : size.Item2) - 1]
            from width in Gen.Int[1, 90]
            from height in Gen.Int[1, 40]
            select new PixelRegion(left, top, width, height))
        from inputSize in Gen.Select(Gen.Int[1, 80], Gen.Int[1, 80])
        from mode in Gen.Enum<ResizeMode>()
        from layout in Gen.Enum<TensorLayout>()
        from element in Gen.Enum<TensorElement>()
        from colour in Gen.Enum<ColourOrder>()
        from seed in Gen.Int
        select new Case(
            new FrameFormat(pixels, size.Item1, size.Item2, FrameFormat.RowBytes(pixels, size.Item1) + padding, encoding),
            orientation,
            region,
            new ModelInput
            {
                Width = inputSize.Item1,
                Height = inputSize.Item2,
                Colour = colour,
                Layout = layout,
                Element = element,
                Resize = mode,
                Pad = 114,
                Mean = element == TensorElement.UInt8 ? [0, 5, -5] : [103.53f, 116.28f, 123.675f],
                Std = element == TensorElement.UInt8 ? [1, 0.9f, 1.1f] : [57.375f, 57.12f, 58.395f],
            },
            seed);

    [Fact]
    public void Vectors_of_every_width_agree_with_the_scalar_version() => Cases.Sample(static c =>
    {
        using var memory = new GuardedBytes(Needed(c.Format), atEnd: c.Seed % 2 == 0);
        new Random(c.Seed).NextBytes(memory.Span);
        var expected = Write(c, memory.Span, VectorWidth.None);
        foreach (var width in new[] { VectorWidth.Bits128, VectorWidth.Bits256, VectorWidth.Bits512 })
        {
            Assert.Equal(expected, Write(c, memory.Span, width));
        }
    }, iter: 2500);

    /// <summary>Else the agreement above would be that of the scalar version with itself.</summary>
    [Fact]
    public void X64_and_arm64_have_vectors()
    {
        var input = new ModelInput { Width = 1, Height = 1, Colour = ColourOrder.Rgb, Resize = ResizeMode.Stretch };
        Assert.Equal(VectorWidth.None, new Preprocessor(input, VectorWidth.None).Width);
        Assert.Equal(VectorWidth.Bits128, new Preprocessor(input, VectorWidth.Bits128).Width);
        if (Avx2.IsSupported && Vector256.IsHardwareAccelerated) Assert.Equal(VectorWidth.Bits256, new Preprocessor(input, VectorWidth.Bits256).Width);
        if (Avx512BW.IsSupported && Vector512.IsHardwareAccelerated) Assert.Equal(VectorWidth.Bits512, new Preprocessor(input).Width);
    }

    [Fact]
    public void A_byte_less_than_the_last_one_needed_is_too_few() => Cases.Sample(static c =>
    {
        var pixels = new byte[Needed(c.Format) - 1];
        Assert.Throws<ArgumentException>("pixels", () => new Preprocessor(c.Input).TryWrite(pixels, c.Format, c.Region, c.Orientation, out _));
    }, iter: 200);

    /// <summary>Twice, since bars are written only once: the second picture must leave them alone, as well as the bytes around the tensor.</summary>
    private static unsafe byte[] Write(Case c, ReadOnlySpan<byte> pixels, VectorWidth width)
    {
        var preprocessor = new Preprocessor(c.Input, width);
        var tensor = preprocessor.Tensor;
        tensor.Bytes.Fill(0xEE);

        // The tensor's array is 64 bytes longer for its alignment, at least 8 of them behind it. Before it there may be nothing of ours: that is only looked at.
        var before = (ulong*)(tensor.Address - 8);
        var behind = (byte*)(tensor.Address + tensor.SizeInBytes);
        var was = *before;
        new Span<byte>(behind, 8).Fill(0xA5);
        Assert.True(preprocessor.TryWrite(pixels, c.Format, c.Region, c.Orientation, out _));
        Assert.True(preprocessor.TryWrite(pixels, c.Format, c.Region, c.Orientation, out _));
        Assert.Equal(was, *before);
        Assert.True(new Span<byte>(behind, 8).IndexOfAnyExcept((byte)0xA5) < 0, "Bytes behind the tensor were written.");
        return tensor.Bytes.ToArray();
    }

    /// <summary>Written again here, from the words of <see cref="PixelFormat"/>.</summary>
    private static int Needed(FrameFormat format)
    {
        var (width, height, stride) = (format.Width, format.Height, format.Stride);
        var (pairs, rowPairs, half) = ((width + 1) / 2, (height + 1) / 2, (stride + 1) / 2);
        return format.Pixels switch
        {
            PixelFormat.Nv12 or PixelFormat.Nv21 => (stride * (height + rowPairs - 1)) + (2 * pairs),
            PixelFormat.I420 => (stride * height) + (half * ((2 * rowPairs) - 1)) + pairs,
            PixelFormat.I422 => (stride * height) + (half * ((2 * height) - 1)) + pairs,
            PixelFormat.I444 => (stride * ((3 * height) - 1)) + width,
            _ => (stride * (height - 1)) + FrameFormat.RowBytes(format.Pixels, width),
        };
    }

    private sealed record Case(FrameFormat Format, FrameOrientation Orientation, PixelRegion Region, ModelInput Input, int Seed);
}
