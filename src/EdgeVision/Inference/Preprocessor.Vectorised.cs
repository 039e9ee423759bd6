using System.Diagnostics;
using EdgeVision.Models;

namespace EdgeVision.Inference;

/// <summary>
/// The same in vectors, row by row: <see cref="LerpRows"/>, <see cref="WriteColumns"/>, and where these can't reach the tensor themselves, StoreRow;
/// for a picture on its side <see cref="WriteTurned"/>.
/// </summary>
public sealed partial class Preprocessor
{
    // Two, in turn: with one, the stores of a row wait for the loads of the row before.
    private readonly AlignedBytes[] _scratch = [new(0), new(0)];
    private AlignedBytes _staged = new(0);
    private AlignedBytes _interleaved = new(0);
    private PreprocessorColumns _columns = new(default, [], 0, 4);
    private int _left;
    private int _window;
    private bool _direct;

    private void PrepareVectors()
    {
        var block = (int)_width / 32;
        // Mirrored taps run backwards.
        _left = Math.Min(_taps[0].First, _taps[^1].First);
        if (_layout.SharesColumns) _left &= ~1;
        _window = Math.Max(_taps[0].Second, _taps[^1].Second) + 1 - _left;
        if (_layout.SharesColumns) _window += _window & 1;
        _columns = new PreprocessorColumns(_layout, _taps, _left, block);
        var samples = Math.Max(PreprocessorColumns.SamplesOf(_layout, _window), _columns.LastSample + 1);
        for (var i = 0; i < _scratch.Length; i++) _scratch[i] = new AlignedBytes(samples * sizeof(short));

        if (_turned)
        {
            PrepareTurned();
            return;
        }

        // Planes of floats are written in place, unless a block is wider than the picture.
        _direct = _input.Element == TensorElement.Float32 && _input.Layout == TensorLayout.Nchw && _columns.Width >= block;
        var staged = Math.Max(_columns.Width, block) * 3;
        _staged = new AlignedBytes(_direct ? 0 : staged * sizeof(float));
        _interleaved = new AlignedBytes(_direct ? 0 : staged * sizeof(float));
    }

    private void WriteVectorised(ReadOnlySpan<byte> pixels)
    {
        if (_turned)
        {
            WriteTurned(pixels);
            return;
        }

        for (var y = 0; y < _rows.Length; y++)
        {
            var scratch = _scratch[y & 1].As<short>();
            LerpRows(pixels, _rows[y], scratch);
            if (_direct)
            {
                var tensor = _tensor.Floats;
                WriteColumns(scratch, Row(tensor, 0, y), Row(tensor, 1, y), Row(tensor, 2, y));
            }
            else
            {
                var staged = _staged.As<float>();
                var third = staged.Length / 3;
                WriteColumns(scratch, staged[..third], staged.Slice(third, third), staged[(2 * third)..]);
                StoreRow(staged[..third], staged.Slice(third, third), staged[(2 * third)..], 0, y, _columns.Width);
            }
        }
    }

    private Span<T> Row<T>(Span<T> tensor, int colour, int y) => tensor.Slice(IndexOf(colour, 0, y), _columns.Width);

    /// <summary>Two rows of pixels, weighed, as one row of signed samples of all channels: 256 times the byte, less 0x8000.</summary>
    private void LerpRows(ReadOnlySpan<byte> pixels, in SourceRow row, Span<short> to)
    {
        Debug.Assert(to.Length >= PreprocessorColumns.SamplesOf(_layout, _window), "The scratch row holds the window.");
        var layout = _layout;
        var (first, second) = layout.Second.Base < layout.Third.Base ? (layout.Second, layout.Third) : (layout.Third, layout.Second);
        if (layout.Rows == PreprocessorRows.Packed)
        {
            var (left, length) = (_left * layout.PixelBytes, _window * layout.PixelBytes);
            var (upper, lower) = ((row.First * layout.Stride) + left, (row.Second * layout.Stride) + left);
            LerpPacked(new RowPair(pixels.Slice(upper, length), pixels.Slice(lower, length)), row.Weight, to);
            return;
        }

        var luma = RowsOf(pixels, layout.First, row, _left, _window);
        if (layout.Rows == PreprocessorRows.LumaAndPairs)
        {
            LerpShared(luma, RowsOf(pixels, first, row, _left, _window), default, row.Weight, to);
            return;
        }

        var (chromaLeft, chroma) = (_left >> first.ColumnShift, _window >> first.ColumnShift);
        var u = RowsOf(pixels, first, row, chromaLeft, chroma);
        var v = RowsOf(pixels, second, row, chromaLeft, chroma);
        if (layout.Rows == PreprocessorRows.LumaAndTwoHalves) LerpShared(luma, u, v, row.Weight, to);
        else LerpThree(luma, u, v, row.Weight, to);
    }

    private static RowPair RowsOf(ReadOnlySpan<byte> pixels, in PreprocessorChannel plane, in SourceRow row, int left, int length) =>
        new(pixels.Slice(plane.RowOf(row.First) + left, length), pixels.Slice(plane.RowOf(row.Second) + left, length));

    /// <summary>Two rows of one length. The slices that make them are what proves every read of the row kernels to be inside the frame.</summary>
    private readonly ref struct RowPair(ReadOnlySpan<byte> upper, ReadOnlySpan<byte> lower)
    {
        public readonly ReadOnlySpan<byte> Upper = upper;
        public readonly ReadOnlySpan<byte> Lower = lower;

        public int Length => Upper.Length;
    }
}
