using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using EdgeVision.Frames;
using EdgeVision.Inference;

namespace EdgeVision.Motion;

/// <summary>
/// The luma of a frame as a small plane of cells, each the mean of its pixels, or of some 4 × 4 spread over it when it has more. Reads every uncompressed
/// format where it lies; allocates only when the format changes. One thread.
/// </summary>
/// <remarks>
/// Columns are summed before anything is told apart: four rows of bytes become one row of sums, whatever the bytes mean, and that is the work of vectors.
/// Only then are luma or colours picked from it, a fourth of the bytes and by the plain code that both versions share; luma is linear, so the order does not
/// matter.
/// </remarks>
internal sealed class LumaGrid(VectorWidth widest = VectorWidth.Bits256)
{
    /// <summary>640 × 480 in cells of 4 × 4: small enough for a person at a distance, large enough for noise to average out.</summary>
    public const int MaxColumns = 160, MaxRows = 120;

    /// <summary>Rows, and about as many columns, that a cell is read from; lower cells repeat rows. More would cost time and gain little: a cell of 4 × 4 has them all.</summary>
    private const int Samples = 4;

    /// <summary>ITU-R BT.601-7, 2.5.1.</summary>
    private const float Red = 0.299f, Green = 0.587f, Blue = 0.114f;

    private FrameFormat _format;
    private int _step;
    private int _luma;
    /// <summary>From one column that counts to the next, bytes.</summary>
    private int _stride;
    private int[] _edges = [];
    private ushort[] _sums = [];
    private float[] _cells = [];

    public int Columns { get; private set; }

    public int Rows { get; private set; }

    /// <summary>Means of the last frame, 0..255, row by row.</summary>
    public ReadOnlySpan<float> Cells => _cells;

    /// <summary>False, and nothing changed, for a compressed frame.</summary>
    /// <param name="pixels">At least <see cref="FrameFormat.SizeInBytes"/>, of which padding after the last row may be missing.</param>
    /// <param name="format">Of <paramref name="pixels"/>.</param>
    /// <param name="isNew">True when the cells are not those of the frame before: the first one, or another format.</param>
    public bool TryRead(ReadOnlySpan<byte> pixels, in FrameFormat format, out bool isNew)
    {
        isNew = format != _format;
        if (isNew && !TryPrepare(format)) return false;
        for (var row = 0; row < Rows; row++)
        {
            SumRows(pixels, row);
            var cells = _cells.AsSpan(row * Columns, Columns);
            if (_step < 3) PickLuma(cells);
            else PickColours(cells);
        }

        return true;
    }

    private bool TryPrepare(in FrameFormat format)
    {
        var (step, luma) = format.Pixels switch
        {
            PixelFormat.Grey8 or PixelFormat.Nv12 or PixelFormat.Nv21 or PixelFormat.I420 or PixelFormat.I422 or PixelFormat.I444 => (1, 0),
            PixelFormat.Yuyv => (2, 0),
            PixelFormat.Uyvy => (2, 1),
            _ => (FrameFormat.BytesPerPixel(format.Pixels), 0),
        };
        if (step == 0 || format.Width <= 0 || format.Height <= 0) return false;
        (_format, _step, _luma) = (format, step, luma);
        (Columns, Rows) = (Math.Min(MaxColumns, format.Width), Math.Min(MaxRows, format.Height));
        _edges = new int[Columns + 1];
        for (var i = 0; i < _edges.Length; i++) _edges[i] = (int)((long)i * format.Width / Columns);
        _stride = step * Math.Max(1, format.Width / Columns / Samples);
        _sums = new ushort[format.Width * step];
        _cells = new float[Columns * Rows];
        return true;
    }

    private void SumRows(ReadOnlySpan<byte> pixels, int row)
    {
        var (top, bottom) = (EdgeOf(row), EdgeOf(row + 1));
        Sum(RowAt(pixels, top, bottom, 0), RowAt(pixels, top, bottom, 1), RowAt(pixels, top, bottom, 2), RowAt(pixels, top, bottom, 3), _sums);
    }

    private int EdgeOf(int row) => (int)((long)row * _format.Height / Rows);

    /// <summary>In the middle of the sample's part of the cell.</summary>
    private ReadOnlySpan<byte> RowAt(ReadOnlySpan<byte> pixels, int top, int bottom, int sample)
    {
        var y = top + (((2 * sample) + 1) * (bottom - top) / (2 * Samples));
        return pixels.Slice(y * _format.Stride, _sums.Length);
    }

    /// <summary>All of one length.</summary>
    private void Sum(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third, ReadOnlySpan<byte> fourth, Span<ushort> to)
    {
        // Proof of bounds: every load takes `block` bytes at i ≤ length − block of spans of that length.
        var length = first.Length;
        ref var a = ref MemoryMarshal.GetReference(first);
        ref var b = ref MemoryMarshal.GetReference(second[..length]);
        ref var c = ref MemoryMarshal.GetReference(third[..length]);
        ref var d = ref MemoryMarshal.GetReference(fourth[..length]);
        ref var sums = ref MemoryMarshal.GetReference(to[..length]);
        var i = 0;
        if (widest >= VectorWidth.Bits256 && Vector256.IsHardwareAccelerated)
        {
            for (; i <= length - 32; i += 32)
            {
                var ((a0, a1), (b0, b1)) = (Vector256.Widen(Vector256.LoadUnsafe(ref a, (nuint)i)), Vector256.Widen(Vector256.LoadUnsafe(ref b, (nuint)i)));
                var ((c0, c1), (d0, d1)) = (Vector256.Widen(Vector256.LoadUnsafe(ref c, (nuint)i)), Vector256.Widen(Vector256.LoadUnsafe(ref d, (nuint)i)));
                (a0 + b0 + c0 + d0).StoreUnsafe(ref sums, (nuint)i);
                (a1 + b1 + c1 + d1).StoreUnsafe(ref sums, (nuint)i + 16);
            }
        }

        if (widest >= VectorWidth.Bits128 && Vector128.IsHardwareAccelerated)
        {
            for (; i <= length - 16; i += 16)
            {
                var ((a0, a1), (b0, b1)) = (Vector128.Widen(Vector128.LoadUnsafe(ref a, (nuint)i)), Vector128.Widen(Vector128.LoadUnsafe(ref b, (nuint)i)));
                var ((c0, c1), (d0, d1)) = (Vector128.Widen(Vector128.LoadUnsafe(ref c, (nuint)i)), Vector128.Widen(Vector128.LoadUnsafe(ref d, (nuint)i)));
                (a0 + b0 + c0 + d0).StoreUnsafe(ref sums, (nuint)i);
                (a1 + b1 + c1 + d1).StoreUnsafe(ref sums, (nuint)i + 8);
            }
        }

        for (; i < length; i++) to[i] = (ushort)(first[i] + second[i] + third[i] + fourth[i]);
    }

    private void PickLuma(Span<float> cells)
    {
        for (var column = 0; column < cells.Length; column++)
        {
            var (sum, count) = (0, 0);
            for (var i = (_edges[column] * _step) + _luma; i < _edges[column + 1] * _step; i += _stride)
            {
                sum += _sums[i];
                count += Samples;
            }

            cells[column] = sum / (float)count;
        }
    }

    private void PickColours(Span<float> cells)
    {
        var blueFirst = _format.Pixels is PixelFormat.Bgr24 or PixelFormat.Bgra32;
        for (var column = 0; column < cells.Length; column++)
        {
            var (first, green, third, count) = (0, 0, 0, 0);
            for (var i = _edges[column] * _step; i < _edges[column + 1] * _step; i += _stride)
            {
                first += _sums[i];
                green += _sums[i + 1];
                third += _sums[i + 2];
                count += Samples;
            }

            var (blue, red) = blueFirst ? (first, third) : (third, first);
            cells[column] = ((Red * red) + (Green * green) + (Blue * blue)) / count;
        }
    }
}
