using System.Diagnostics;
using EdgeVision.Models;

namespace EdgeVision.Inference;

/// <summary>The same in vectors, row by row: <see cref="LerpRows"/>, <see cref="WriteColumns"/>, and where these can't reach the tensor themselves, StoreRow.</summary>
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
        _left = _layout.SharesColumns ? _taps[0].First & ~1 : _taps[0].First;
        _window = _taps[^1].Second + 1 - _left;
        if (_layout.SharesColumns) _window += _window & 1;
        _columns = new PreprocessorColumns(_layout, _taps, _left, block);
        var samples = Math.Max(PreprocessorColumns.SamplesOf(_layout, _window), _columns.LastSample + 1);
        for (var i = 0; i < _scratch.Length; i++) _scratch[i] = new AlignedBytes(samples * sizeof(short));

        // Planes of floats are written in place, unless a block is wider than the picture.
        _direct = _input.Element == TensorElement.Float32 && _input.Layout == TensorLayout.Nchw && _columns.Width >= block;
        var staged = Math.Max(_columns.Width, block) * 3;
        _staged = new AlignedBytes(_direct ? 0 : staged * sizeof(float));
        _interleaved = new AlignedBytes(_direct ? 0 : staged * sizeof(float));
    }

    private void WriteVectorised(ReadOnlySpan<byte> pixels)
    {
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
                StoreRow(staged[..third], staged.Slice(third, third), staged[(2 * third)..], y);
            }
        }
    }

    private Span<T> Row<T>(Span<T> tensor, int colour, int y) => tensor.Slice(IndexOf(colour, 0, y), _columns.Width);

    /// <summary>Two rows of pixels, weighed, as one row of signed samples of all channels: 256 times the byte, less 0x8000.</summary>
    private void LerpRows(ReadOnlySpan<byte> pixels, in SourceRow row, Span<short> to)
    {
        Debug.Assert(to.Length >= PreprocessorColumns.SamplesOf(_layout, _window), "The scratch row holds the window.");
        var (luma, weight) = (_layout.First, (ushort)row.Weight);
        switch (_layout.Rows)
        {
            case PreprocessorRows.Packed:
                var (start, length) = (_left * _layout.PixelBytes, _window * _layout.PixelBytes);
                LerpPacked(pixels.Slice((row.First * _layout.Stride) + start, length), pixels.Slice((row.Second * _layout.Stride) + start, length), weight, to);
                break;
            case PreprocessorRows.LumaAndPairs:
                var pairs = _layout.Second.Base < _layout.Third.Base ? _layout.Second : _layout.Third;
                LerpPairs(
                    new(pixels.Slice(luma.RowOf(row.First) + _left, _window), pixels.Slice(luma.RowOf(row.Second) + _left, _window)),
                    new(pixels.Slice(pairs.RowOf(row.First) + _left, _window), pixels.Slice(pairs.RowOf(row.Second) + _left, _window)),
                    weight, to);
                break;
            default:
                var (u, v) = _layout.Second.Base < _layout.Third.Base ? (_layout.Second, _layout.Third) : (_layout.Third, _layout.Second);
                var (left, chroma) = (_left >> u.ColumnShift, _window >> u.ColumnShift);
                LerpPlanes(
                    new(pixels.Slice(luma.RowOf(row.First) + _left, _window), pixels.Slice(luma.RowOf(row.Second) + _left, _window)),
                    new(pixels.Slice(u.RowOf(row.First) + left, chroma), pixels.Slice(u.RowOf(row.Second) + left, chroma)),
                    new(pixels.Slice(v.RowOf(row.First) + left, chroma), pixels.Slice(v.RowOf(row.Second) + left, chroma)),
                    weight, to);
                break;
        }
    }

    /// <summary>Two rows of one length. The slices that make them are what proves every read of the row kernels to be inside the frame.</summary>
    private readonly ref struct RowPair(ReadOnlySpan<byte> upper, ReadOnlySpan<byte> lower)
    {
        public readonly ReadOnlySpan<byte> Upper = upper;
        public readonly ReadOnlySpan<byte> Lower = lower;

        public int Length => Upper.Length;
    }
}
