using EdgeVision.Models;

namespace EdgeVision.Inference;

/// <summary>The clear version, which the vectorised one agrees with to the last bit. Also for processors without vectors that help.</summary>
public sealed partial class Preprocessor
{
    private void WriteScalar(ReadOnlySpan<byte> pixels)
    {
        for (var y = 0; y < _letterbox.Height; y++)
        {
            for (var x = 0; x < _letterbox.Width; x++)
            {
                var (column, row) = _turned ? (y, x) : (x, y);
                var (a, b, c) = (Sample(pixels, _layout.First, column, row), Sample(pixels, _layout.Second, column, row), Sample(pixels, _layout.Third, column, row));
                for (var colour = 0; colour < 3; colour++) Store(IndexOf(colour, x, y), ColourOf(colour, a, b, c));
            }
        }
    }

    /// <summary>Between four samples, in the fixed point of <see cref="ColourTransform"/>.</summary>
    private int Sample(ReadOnlySpan<byte> pixels, in PreprocessorChannel channel, int x, int y)
    {
        var (row, tap) = (_rows[y], _taps[x]);
        var (upper, lower) = (channel.RowOf(row.First), channel.RowOf(row.Second));
        var (first, second) = (channel.ColumnOf(tap.First), channel.ColumnOf(tap.Second));
        var left = (pixels[upper + first] * (RowWeights - row.Weight)) + (pixels[lower + first] * row.Weight) - 0x8000;
        var right = (pixels[upper + second] * (RowWeights - row.Weight)) + (pixels[lower + second] * row.Weight) - 0x8000;
        return (left * ((1 << PreprocessorColumns.WeightBits) - tap.Weight)) + (right * tap.Weight);
    }

    private float ColourOf(int colour, float a, float b, float c)
    {
        var value = float.MultiplyAddEstimate(a, _colours.First[colour], _colours.Bias[colour]);
        value = float.MultiplyAddEstimate(b, _colours.Second[colour], value);
        value = float.MultiplyAddEstimate(c, _colours.Third[colour], value);
        return _layout.IsYuv ? Math.Min(Math.Max(value, _colours.Least[colour]), _colours.Most[colour]) : value;
    }

    private void Store(int index, float value)
    {
        if (_input.Element == TensorElement.Float32) _tensor.Floats[index] = value;
        else if (_input.Element == TensorElement.Float16) _tensor.Halves[index] = (Half)value;
        else _tensor.Bytes[index] = ToByte(value);
    }

    /// <summary>To the nearest, halves up, saturated.</summary>
    private static byte ToByte(float value) => (byte)(Math.Min(Math.Max(value, 0), 255) + 0.5f);
}
