using CsCheck;
using EdgeVision.Frames;
using EdgeVision.Inference;
using EdgeVision.Motion;
using EdgeVision.Tests.Inference;

namespace EdgeVision.Tests.Motion;

public sealed class LumaGridTests
{
    private static readonly PixelFormat[] Formats = [.. Enum.GetValues<PixelFormat>().Where(static p => p is not PixelFormat.Jpeg)];

    private static readonly Gen<Case> Cases =
        from pixels in Gen.Int[0, Formats.Length - 1].Select(static i => Formats[i])
        from width in Gen.OneOf(Gen.Int[1, 90], Gen.Int[150, 400], Gen.Int[1270, 1400])
        from height in Gen.OneOf(Gen.Int[1, 40], Gen.Int[110, 260])
        from padding in Gen.OneOf(Gen.Const(0), Gen.Int[0, 9])
        from seed in Gen.Int
        select new Case(new FrameFormat(pixels, width, height, FrameFormat.RowBytes(pixels, width) + padding), seed);

    public static TheoryData<PixelFormat> AllFormats => [.. Formats];

    [Fact]
    public void Vectors_of_every_width_agree_with_the_scalar_version() => Cases.Sample(static c =>
    {
        using var memory = new GuardedBytes(Needed(c.Format), atEnd: c.Seed % 2 == 0);
        new Random(c.Seed).NextBytes(memory.Span);
        var expected = Read(memory.Span, c.Format, VectorWidth.None);

        Assert.Equal(expected, Read(memory.Span, c.Format, VectorWidth.Bits128));
        Assert.Equal(expected, Read(memory.Span, c.Format, VectorWidth.Bits256));
    }, iter: 300);

    [Fact]
    public void A_cell_is_the_mean_of_its_pixels() => Cases.Sample(static c =>
    {
        // Up to four rows and seven columns of pixels a cell all of them count.
        if (c.Format.Width >= 8 * LumaGrid.MaxColumns) return;
        var random = new Random(c.Seed);
        var grey = new byte[c.Format.Width * c.Format.Height];
        random.NextBytes(grey);
        var grid = new LumaGrid();

        Assert.True(grid.TryRead(Picture.Of(c.Format, grey), c.Format, out _));

        Assert.Equal((Math.Min(160, c.Format.Width), Math.Min(120, c.Format.Height)), (grid.Columns, grid.Rows));
        for (var i = 0; i < 20; i++)
        {
            var (column, row) = (random.Next(grid.Columns), random.Next(grid.Rows));
            // Three rows in four samples: the middle one counts twice.
            if ((c.Format.Height * (row + 1) / grid.Rows) - (c.Format.Height * row / grid.Rows) == 3) continue;
            Assert.Equal(Mean(grey, c.Format, grid, column, row), grid.Cells[(row * grid.Columns) + column], 0.01);
        }
    }, iter: 200);

    [Theory]
    [MemberData(nameof(AllFormats))]
    public void Colours_are_weighed_as_luma(PixelFormat pixels)
    {
        if (FrameFormat.BytesPerPixel(pixels) < 3) return;
        var format = FrameFormat.Packed(pixels, 2, 1);
        var blueFirst = pixels is PixelFormat.Bgr24 or PixelFormat.Bgra32;
        var bytes = new byte[format.SizeInBytes];
        (bytes[0], bytes[1], bytes[2]) = (100, 50, 200);
        var grid = new LumaGrid();

        Assert.True(grid.TryRead(bytes, format, out _));

        var (blue, red) = blueFirst ? (100, 200) : (200, 100);
        Assert.Equal((0.299 * red) + (0.587 * 50) + (0.114 * blue), grid.Cells[0], 0.001);
        Assert.Equal(0, grid.Cells[1]);
    }

    [Fact]
    public void Another_format_makes_other_cells_and_says_so()
    {
        var grid = new LumaGrid();
        var (small, large) = (FrameFormat.Packed(PixelFormat.Grey8, 10, 10), FrameFormat.Packed(PixelFormat.Grey8, 20, 10));

        Assert.True(grid.TryRead(new byte[100], small, out var first));
        Assert.True(grid.TryRead(new byte[100], small, out var second));
        Assert.True(grid.TryRead(new byte[200], large, out var third));

        Assert.Equal((true, false, true, 200), (first, second, third, grid.Cells.Length));
    }

    [Fact]
    public void A_compressed_frame_has_no_cells() => Assert.False(new LumaGrid().TryRead(new byte[100], FrameFormat.Jpeg(10, 10), out _));

    [Fact]
    public void Of_a_tall_picture_four_rows_of_each_cell_are_read()
    {
        // 12 rows a cell: the second, fifth, eighth and eleventh.
        var format = FrameFormat.Packed(PixelFormat.Grey8, 1, 12 * LumaGrid.MaxRows);
        var bytes = new byte[format.SizeInBytes];
        for (var y = 0; y < 12; y++) bytes[y] = (byte)(1 << (y % 3));
        var grid = new LumaGrid();

        Assert.True(grid.TryRead(bytes, format, out _));

        Assert.Equal(2, grid.Cells[0]);
    }

    [Fact]
    public void Of_a_wide_picture_every_third_of_twelve_columns_is_read()
    {
        var format = FrameFormat.Packed(PixelFormat.Yuyv, 12 * LumaGrid.MaxColumns, 1);
        var bytes = new byte[format.SizeInBytes];
        for (var x = 0; x < 12; x++) bytes[2 * x] = (byte)(x % 3 == 0 ? 40 + x : 255);
        var grid = new LumaGrid();

        Assert.True(grid.TryRead(bytes, format, out _));

        Assert.Equal(40 + ((0 + 3 + 6 + 9) / 4f), grid.Cells[0]);
    }

    private static float[] Read(ReadOnlySpan<byte> pixels, in FrameFormat format, VectorWidth width)
    {
        var grid = new LumaGrid(width);
        Assert.True(grid.TryRead(pixels, format, out _));
        return grid.Cells.ToArray();
    }

    private static double Mean(byte[] grey, in FrameFormat format, LumaGrid grid, int column, int row)
    {
        var (left, right) = (format.Width * column / grid.Columns, format.Width * (column + 1) / grid.Columns);
        var (top, bottom) = (format.Height * row / grid.Rows, format.Height * (row + 1) / grid.Rows);
        var sum = 0.0;
        for (var y = top; y < bottom; y++)
        {
            for (var x = left; x < right; x++) sum += grey[(y * format.Width) + x];
        }

        return sum / ((right - left) * (bottom - top));
    }

    /// <summary>Without the padding of the last row, which a driver may leave out; chroma lies behind it.</summary>
    private static int Needed(in FrameFormat format) =>
        format.SizeInBytes - (format.ChromaStride > 0 ? 0 : format.Stride - FrameFormat.RowBytes(format.Pixels, format.Width));

    private sealed record Case(FrameFormat Format, int Seed);
}
