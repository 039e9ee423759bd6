using System.Runtime.Intrinsics;
using EdgeVision.Frames;
using EdgeVision.Models;

namespace EdgeVision.Inference;

/// <summary>
/// Pixels to input tensor in one pass: bilinear resize, colour order, normalisation, planes and bars. Owns the tensor and what it has
/// computed about the last frame format; allocates nothing while the format stays. Not thread-safe.
/// </summary>
/// <remarks>
/// Bilinear with half-pixel centres, <c>source = (input + 0.5) · scale − 0.5</c> clamped to the frame: OpenCV's INTER_LINEAR, which the
/// models were trained and measured with. Deviation: no rounding to bytes in between, so values differ by up to half a grey level.
/// </remarks>
public sealed partial class Preprocessor
{
    private readonly ModelInput _input;
    private readonly VectorWidth _widest;
    private readonly InputTensor _tensor;
    private readonly float[] _scale = new float[3];
    private readonly float[] _bias = new float[3];

    private FrameFormat _format;
    private Letterbox _letterbox;
    private SourceColumn[] _columns = [];
    private SourceRow[] _rows = [];
    private float[] _scratch = [];
    private PixelLayout _pixels;

    public Preprocessor(ModelInput input, VectorWidth widest = VectorWidth.Bits512)
    {
        ArgumentNullException.ThrowIfNull(input);
        _input = input;
        _widest = widest;
        _tensor = new InputTensor(input.Element, 3 * input.Width * input.Height);
        for (var colour = 0; colour < 3; colour++)
        {
            _scale[colour] = 1 / input.Std[colour];
            _bias[colour] = -input.Mean[colour] / input.Std[colour];
        }
    }

    /// <summary>
    /// The input, [3, height, width] or [height, width, 3] in the model's colour order. Pinned for as long as the preprocessor lives: it may be bound to native code.
    /// Bars are written when the format changes and only then, so nobody else writes here.
    /// </summary>
    public InputTensor Tensor => _tensor;

    /// <summary>True for what <see cref="TryWrite"/> can read.</summary>
    public static bool Supports(PixelFormat pixels) => FrameFormat.BytesPerPixel(pixels) > 0;

    /// <summary>Fills <see cref="Tensor"/>. False, and nothing written, for a format that is not <see cref="Supports">supported</see>.</summary>
    /// <param name="pixels">At least <see cref="FrameFormat.SizeInBytes"/>, of which padding after the last row may be missing.</param>
    /// <param name="format">Of <paramref name="pixels"/>.</param>
    /// <param name="letterbox">The way back to source pixels.</param>
    public bool TryWrite(ReadOnlySpan<byte> pixels, in FrameFormat format, out Letterbox letterbox)
    {
        if (format != _format && !TryPrepare(format))
        {
            letterbox = default;
            return false;
        }

        var needed = ((format.Height - 1) * (long)format.Stride) + ((long)format.Width * _pixels.Size);
        if (pixels.Length < needed) throw new ArgumentException($"A frame of {format} needs {needed} bytes, got {pixels.Length}.", nameof(pixels));
        letterbox = _letterbox;
        if (_widest == VectorWidth.None || _pixels.Size == 1 || !Vector128.IsHardwareAccelerated) WriteScalar(pixels);
        else WriteVectorised(pixels);
        return true;
    }

    private bool TryPrepare(in FrameFormat format)
    {
        var size = FrameFormat.BytesPerPixel(format.Pixels);
        if (size == 0 || format.Width <= 0 || format.Height <= 0 || format.Stride < format.Width * size) return false;
        _letterbox = Letterbox.Fit(_input.Resize, format.Width, format.Height, _input.Width, _input.Height);
        _pixels = PixelLayout.Of(format.Pixels, _input.Colour);
        _columns = new SourceColumn[_letterbox.Width];
        for (var x = 0; x < _columns.Length; x++)
        {
            var (first, second, weight) = Tap(x, _letterbox.Width, format.Width);
            _columns[x] = new SourceColumn(first * size, second * size, weight);
        }

        _rows = new SourceRow[_letterbox.Height];
        for (var y = 0; y < _rows.Length; y++)
        {
            var (first, second, weight) = Tap(y, _letterbox.Height, format.Height);
            _rows[y] = new SourceRow(first * format.Stride, second * format.Stride, weight);
        }

        // 4 beyond the end: a pixel of three colours is read as four.
        _scratch = new float[(format.Width * size) + 4];
        WriteBars();
        _format = format;
        return true;
    }

    /// <summary>The two source pixels around an input pixel's centre, and how much of the second.</summary>
    private static (int First, int Second, float Weight) Tap(int position, int inputLength, int sourceLength)
    {
        var source = Math.Max(0, ((position + 0.5) * ((double)sourceLength / inputLength)) - 0.5);
        var first = Math.Min((int)source, sourceLength - 1);
        return first == sourceLength - 1 ? (first, first, 0) : (first, first + 1, (float)(source - first));
    }

    /// <summary>Everything, although the picture will cover most of it: once a format.</summary>
    private void WriteBars()
    {
        var tensor = _tensor.Floats;
        var plane = _input.Width * _input.Height;
        for (var colour = 0; colour < 3; colour++)
        {
            var pad = (_input.Pad * _scale[colour]) + _bias[colour];
            if (_input.Layout == TensorLayout.Nchw) tensor.Slice(colour * plane, plane).Fill(pad);
            else for (var i = colour; i < tensor.Length; i += 3) tensor[i] = pad;
        }
    }

    /// <summary>The clear version, which the vectorised one must agree with.</summary>
    private void WriteScalar(ReadOnlySpan<byte> pixels)
    {
        var tensor = _tensor.Floats;
        for (var y = 0; y < _rows.Length; y++)
        {
            var row = _rows[y];
            for (var colour = 0; colour < 3; colour++)
            {
                var byteInPixel = _pixels.ByteOf(colour);
                var at = IndexOf(colour, 0, y);
                foreach (var column in _columns)
                {
                    var left = Lerp(pixels[row.First + column.First + byteInPixel], pixels[row.Second + column.First + byteInPixel], row.Weight);
                    var right = Lerp(pixels[row.First + column.Second + byteInPixel], pixels[row.Second + column.Second + byteInPixel], row.Weight);
                    tensor[at] = (Lerp(left, right, column.Weight) * _scale[colour]) + _bias[colour];
                    at += PixelStep;
                }
            }
        }
    }

    /// <summary>Floats from one input pixel to the next of its row.</summary>
    private int PixelStep => _input.Layout == TensorLayout.Nchw ? 1 : 3;

    /// <summary>Of a pixel of the picture, which starts behind the bars.</summary>
    private int IndexOf(int colour, int x, int y)
    {
        var pixel = ((_letterbox.Top + y) * _input.Width) + _letterbox.Left + x;
        return _input.Layout == TensorLayout.Nchw ? (colour * _input.Width * _input.Height) + pixel : (pixel * 3) + colour;
    }

    private static float Lerp(float a, float b, float weight) => a + ((b - a) * weight);

    /// <param name="First">Byte offset in its row of the left pixel.</param>
    /// <param name="Second">Byte offset in its row of the right pixel.</param>
    /// <param name="Weight">Of the right pixel, 0..1.</param>
    private readonly record struct SourceColumn(int First, int Second, float Weight);

    /// <param name="First">Byte offset of the upper row.</param>
    /// <param name="Second">Byte offset of the lower row.</param>
    /// <param name="Weight">Of the lower row, 0..1.</param>
    private readonly record struct SourceRow(int First, int Second, float Weight);

    /// <param name="Size">Bytes a pixel.</param>
    /// <param name="Reversed">True when the frame's colours run against the tensor's.</param>
    private readonly record struct PixelLayout(int Size, bool Reversed)
    {
        public static PixelLayout Of(PixelFormat pixels, ColourOrder tensor) => new(
            FrameFormat.BytesPerPixel(pixels),
            pixels is PixelFormat.Bgr24 or PixelFormat.Bgra32 ? tensor == ColourOrder.Rgb : tensor == ColourOrder.Bgr);

        /// <summary>Where a colour of the tensor lies in a pixel; grey is all three.</summary>
        public int ByteOf(int colour) => Size == 1 ? 0 : Reversed ? 2 - colour : colour;
    }
}
