using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using EdgeVision.Models;

namespace EdgeVision.Inference;

/// <summary>
/// Pictures that lie on their side: stored rows are upright columns. So many of them that they are a cache line of the tensor are made as always, into
/// a strip that stays in the cache, and turned from there block by block: every line of the tensor is written once and whole. (Unturned
/// into a scratch as large as the tensor and from there is two more passes over memory.)
/// </summary>
public sealed partial class Preprocessor
{
    /// <summary>Floats of a cache line.</summary>
    private const int DirectStrip = 16;

    /// <summary>For tensors that need a second step, whose calls are dearer than the cache.</summary>
    private const int StagedStrip = 64;

    /// <summary>Rows and columns that are turned at once.</summary>
    private const int TurnedBlock = 4;

    private AlignedBytes _strip = new(0);
    private AlignedBytes _upright = new(0);
    private int _stripColumns;
    private int _stripStride;
    private bool _turned;

    private void PrepareTurned()
    {
        _direct = _input.Element == TensorElement.Float32 && _input.Layout == TensorLayout.Nchw;
        _stripColumns = _direct ? DirectStrip : StagedStrip;
        // A line more than whole lines: rows a power of two apart would share the same few places of the cache.
        _stripStride = ((Math.Max(_columns.Width, _columns.Block) + 15) & ~15) + 16;
        _strip = new AlignedBytes(3 * _stripColumns * _stripStride * sizeof(float));
        _upright = new AlignedBytes(_direct ? 0 : 3 * TurnedBlock * _stripColumns * sizeof(float));
        _interleaved = new AlignedBytes(_direct ? 0 : 3 * _stripColumns * sizeof(float));
    }

    private void WriteTurned(ReadOnlySpan<byte> pixels)
    {
        var width = _letterbox.Width;
        for (var x = 0; x < width; x += _stripColumns)
        {
            // A rest of fewer columns than a block begins with some of the strip before.
            var end = Math.Min(x + _stripColumns, width);
            var start = Math.Max(0, Math.Min(x, end - TurnedBlock));
            WriteStrip(pixels, start, end - start);
            if (_direct) TurnIntoTensor(start, end - start);
            else TurnAndStore(start, end - start);
        }
    }

    private void WriteStrip(ReadOnlySpan<byte> pixels, int start, int columns)
    {
        var strip = _strip.As<float>();
        var plane = _stripColumns * _stripStride;
        for (var i = 0; i < columns; i++)
        {
            var scratch = _scratch[i & 1].As<short>();
            var row = i * _stripStride;
            LerpRows(pixels, _rows[start + i], scratch);
            WriteColumns(scratch, strip.Slice(row, _stripStride), strip.Slice(plane + row, _stripStride), strip.Slice((2 * plane) + row, _stripStride));
        }
    }

    private void TurnIntoTensor(int start, int columns)
    {
        var strip = _strip.As<float>();
        var tensor = _tensor.Floats;
        var (plane, height) = (_stripColumns * _stripStride, _letterbox.Height);
        for (var colour = 0; colour < 3; colour++)
        {
            var from = strip.Slice(colour * plane, plane);
            for (var y = 0; y < height; y += TurnedBlock)
            {
                var (top, rows) = BlockAt(y, height);
                Turn(from[top..], _stripStride, tensor[IndexOf(colour, start, top)..], _input.Width, rows, columns);
            }
        }
    }

    private void TurnAndStore(int start, int columns)
    {
        var strip = _strip.As<float>();
        var upright = _upright.As<float>();
        var (plane, block, height) = (_stripColumns * _stripStride, TurnedBlock * _stripColumns, _letterbox.Height);
        for (var y = 0; y < height; y += TurnedBlock)
        {
            var (top, rows) = BlockAt(y, height);
            for (var colour = 0; colour < 3; colour++) Turn(strip.Slice((colour * plane) + top, plane - top), _stripStride, upright[(colour * block)..], _stripColumns, rows, columns);
            for (var i = 0; i < rows; i++)
            {
                var row = i * _stripColumns;
                StoreRow(upright.Slice(row, columns), upright.Slice(block + row, columns), upright.Slice((2 * block) + row, columns), start, top + i, columns);
            }
        }
    }

    /// <summary>The last block overlaps the one before: instead of a remainder, some rows are written twice.</summary>
    private static (int Top, int Rows) BlockAt(int y, int height)
    {
        var top = Math.Max(0, Math.Min(y, height - TurnedBlock));
        return (top, Math.Min(TurnedBlock, height - top));
    }

    /// <summary>Columns of a strip to rows.</summary>
    /// <param name="from">Its first row is the first upright column.</param>
    /// <param name="fromStride">Floats.</param>
    /// <param name="to">The first upright row.</param>
    /// <param name="toStride">Floats.</param>
    /// <param name="rows">Upright rows: a block of them, or fewer if the picture has no more.</param>
    /// <param name="columns">Upright columns.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Turn(ReadOnlySpan<float> from, int fromStride, Span<float> to, int toStride, int rows, int columns)
    {
        if (rows < TurnedBlock || columns < TurnedBlock)
        {
            for (var y = 0; y < rows; y++)
            {
                for (var x = 0; x < columns; x++) to[(y * toStride) + x] = from[(x * fromStride) + y];
            }

            return;
        }

        // Proof of bounds: loads of 4 begin at row ≤ columns − 1 of `from`, stores of 4 at column ≤ columns − 4 of four rows of `to`.
        ref var source = ref MemoryMarshal.GetReference(from[..(((columns - 1) * fromStride) + TurnedBlock)]);
        ref var target = ref MemoryMarshal.GetReference(to[..((3 * toStride) + columns)]);
        var (stride, next) = ((nuint)fromStride, (nuint)toStride);
        for (nuint x = 0, last = (nuint)columns - TurnedBlock; ; x = nuint.Min(x + TurnedBlock, last))
        {
            var a = Vector128.LoadUnsafe(ref source, x * stride).AsInt32();
            var b = Vector128.LoadUnsafe(ref source, (x + 1) * stride).AsInt32();
            var c = Vector128.LoadUnsafe(ref source, (x + 2) * stride).AsInt32();
            var d = Vector128.LoadUnsafe(ref source, (x + 3) * stride).AsInt32();
            var (ab01, ab23) = (ZipLow(a, b).AsInt64(), ZipHigh(a, b).AsInt64());
            var (cd01, cd23) = (ZipLow(c, d).AsInt64(), ZipHigh(c, d).AsInt64());
            ZipLow(ab01, cd01).AsSingle().StoreUnsafe(ref target, x);
            ZipHigh(ab01, cd01).AsSingle().StoreUnsafe(ref target, next + x);
            ZipLow(ab23, cd23).AsSingle().StoreUnsafe(ref target, (2 * next) + x);
            ZipHigh(ab23, cd23).AsSingle().StoreUnsafe(ref target, (3 * next) + x);
            if (x == last) return;
        }
    }
}
