using EdgeVision.Frames;

namespace EdgeVision.Tests.Frames;

public sealed class FrameTests
{
    private readonly FramePool _pool = new();

    [Fact]
    public void Pixels_are_the_frame_and_not_the_rest_of_its_buffer()
    {
        using (var frame = Filled(7))
        {
            Assert.Equal(12, frame.Pixels.Length);
            Assert.Equal(7, frame.Pixels[11]);
        }

        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public void Disposal_gives_the_pixels_back_once()
    {
        var frame = Filled(1);
        frame.Dispose();
        frame.Dispose();

        Assert.Equal(0, _pool.Rented);
        Assert.Throws<ObjectDisposedException>(() => frame.Pixels.Length);
    }

    [Fact]
    public void Disposal_from_many_threads_gives_the_pixels_back_once()
    {
        for (var round = 0; round < 200; round++)
        {
            var frame = Filled(1);
            Parallel.For(0, 8, _ => frame.Dispose());
            Assert.Equal(0, _pool.Rented);
        }
    }

    [Fact]
    public void A_clone_has_pixels_of_its_own_and_the_same_identity()
    {
        var original = Filled(9);
        using (var clone = original.Clone(_pool))
        {
            original.Dispose();
            using var next = Filled(1);     // takes the buffer the original gave back

            Assert.Equal(9, clone.Pixels[0]);
            Assert.Equal((original.Format, original.Sequence, original.CapturedAt, original.Timestamp), (clone.Format, clone.Sequence, clone.CapturedAt, clone.Timestamp));
        }

        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public void A_frame_that_was_given_back_cannot_be_cloned()
    {
        var frame = Filled(1);
        frame.Dispose();

        Assert.Throws<ObjectDisposedException>(() => frame.Clone(_pool));
        Assert.Equal(0, _pool.Rented);
    }

    public static TheoryData<string, int> WrongLengths => new()
    {
        { "negative", -1 },
        { "shorter than its rows", 11 },
        { "longer than its buffer", 1 << 20 },
    };

    [Theory]
    [MemberData(nameof(WrongLengths))]
    public void A_length_that_cannot_be_is_refused(string row, int length)
    {
        var buffer = _pool.Rent(12);

        Assert.Throws<ArgumentOutOfRangeException>(() => new Frame(buffer, FrameFormat.Packed(PixelFormat.Bgr24, 2, 2), length, 1, default, 0));
        buffer.Return();
        Assert.True(_pool.Rented == 0, row);
    }

    public static TheoryData<PixelFormat, int, int> Sizes => new()
    {
        { PixelFormat.Bgr24, 30, 150 },
        { PixelFormat.Rgb24, 30, 150 },
        { PixelFormat.Bgra32, 40, 200 },
        { PixelFormat.Rgba32, 40, 200 },
        { PixelFormat.Grey8, 10, 50 },
        { PixelFormat.Jpeg, 0, 0 },
        { PixelFormat.Yuyv, 20, 100 },
        { PixelFormat.Uyvy, 20, 100 },
        { PixelFormat.Nv12, 10, 50 + 30 },
        { PixelFormat.Nv21, 10, 50 + 30 },
        { PixelFormat.I420, 10, 50 + (2 * 15) },
        { PixelFormat.I422, 10, 50 + (2 * 25) },
        { PixelFormat.I444, 10, 50 + (2 * 50) },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Packed_rows_have_no_padding(PixelFormat pixels, int stride, int bytes)
    {
        var format = FrameFormat.Packed(pixels, 10, 5);

        Assert.Equal((stride, bytes), (format.Stride, format.SizeInBytes));
    }

    [Fact]
    public void An_odd_picture_shares_chroma_with_a_pixel_that_is_not_there()
    {
        Assert.Equal(8 * 3, FrameFormat.Packed(PixelFormat.Yuyv, 3, 3).SizeInBytes);
        Assert.Equal((4 * 3) + (4 * 2), FrameFormat.Packed(PixelFormat.Nv12, 3, 3).SizeInBytes);
        Assert.Equal((3 * 3) + (2 * 2 * 2), FrameFormat.Packed(PixelFormat.I420, 3, 3).SizeInBytes);
        Assert.Equal((3 * 3) + (2 * 2 * 3), FrameFormat.Packed(PixelFormat.I422, 3, 3).SizeInBytes);
    }

    [Fact]
    public void Decoded_pixels_take_the_place_of_the_compressed_ones()
    {
        var pool = new FramePool();
        var frame = new Frame(pool.Rent(9), FrameFormat.Jpeg(8, 6), 9, 7, default, 42);
        var format = FrameFormat.Packed(PixelFormat.I420, 4, 3);

        frame.Become(pool.Rent(format.SizeInBytes), format, 8, 6);

        Assert.Equal(1, pool.Rented);
        Assert.Equal((format, 8, 6, 7L, 42L, format.SizeInBytes), (frame.Format, frame.Width, frame.Height, frame.Sequence, frame.Timestamp, frame.Pixels.Length));
        frame.Dispose();
        Assert.Equal(0, pool.Rented);
        var late = pool.Rent(format.SizeInBytes);
        Assert.Throws<ObjectDisposedException>(() => frame.Become(late, format, 8, 6));
        late.Return();
    }

    [Fact]
    public void Every_pixel_format_is_in_the_table() =>
        Assert.Equal(Enum.GetValues<PixelFormat>(), Sizes.Select(row => row.Data.Item1).Order());

    [Fact]
    public void Padded_rows_count()
    {
        Assert.Equal(20 * 2, new FrameFormat(PixelFormat.Bgr24, 5, 2, 20).SizeInBytes);
        Assert.Equal(new FrameFormat(PixelFormat.Jpeg, 5, 2, 0), FrameFormat.Jpeg(5, 2));
    }

    private Frame Filled(byte value)
    {
        var buffer = _pool.Rent(12);
        buffer.Memory.Span.Fill(value);
        return new Frame(buffer, FrameFormat.Packed(PixelFormat.Bgr24, 2, 2), 12, 42, Some.Moment, 1234);
    }
}
