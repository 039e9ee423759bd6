using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using EdgeVision.Frames;
using EdgeVision.Geometry;
using EdgeVision.Models;

namespace EdgeVision.Inference;

/// <summary>
/// Pixels to input tensor in one pass: bilinear resize, colours, normalisation, planes and bars. Owns the tensor and what it has computed about
/// the last frame format; allocates nothing while format and region stay. Not thread-safe.
/// </summary>
/// <remarks>
/// <para>Bilinear with half-pixel centres, <c>source = (input + 0.5) · scale − 0.5</c> clamped to the region: OpenCV's INTER_LINEAR, which the models
/// were trained and measured with. Deviations: no rounding to bytes in between; row weights have 8 bits, so that values differ by up to half a grey level.</para>
/// <para>YUV is resized before it becomes colours, which are then far fewer to compute: the same by linearity. Chroma that pixels share belongs to each of
/// them unchanged, as OpenCV's cvtColor and libjpeg's plain upsampling have it: in the mean the centred siting of JPEG and MPEG-1. Against the
/// left-cosited siting of MPEG-2 that is half a source pixel of colour, less than one of the model's.</para>
/// <para>A row of the picture is made in two steps (three for tensors other than planes of float32), each of which works in the L1 cache: two source rows are
/// weighed into one row of 16-bit samples, contiguous and so as wide as the machine is; then each pixel is one load of 16 bytes, a shuffle and
/// a multiply-add, and four to sixteen of them transposed are the channels, which become colours and are stored.</para>
/// <para>A picture that is stored mirrored or upside down has its taps and rows in reverse, which costs nothing. One that lies on its side is made in strips of
/// stored rows that stay in the cache, and turned from there into the tensor: then the row weights of 8 bits are those of upright columns.</para>
/// </remarks>
public sealed partial class Preprocessor
{
    /// <summary>Sum of a row's two weights: a byte times it still fits 16 bits.</summary>
    private const int RowWeights = 256;

    private readonly ModelInput _input;
    private readonly VectorWidth _width;
    private readonly InputTensor _tensor;

    private FrameFormat _format;
    private PixelRegion _region;
    private FrameOrientation _orientation;
    private Letterbox _letterbox;
    private PreprocessorLayout _layout;
    private ColourTransform _colours;
    private SourceRow[] _rows = [];
    private (int First, int Second, int Weight)[] _taps = [];

    public Preprocessor(ModelInput input, VectorWidth widest = VectorWidth.Bits512)
    {
        ArgumentNullException.ThrowIfNull(input);
        _input = input;
        _width = Available(widest);
        _tensor = new InputTensor(input.Element, 3 * input.Width * input.Height);
        _colours = new ColourTransform(input, null);
    }

    /// <summary>
    /// The input, [3, height, width] or [height, width, 3] in the model's colour order. Pinned for as long as the preprocessor lives: it may be bound to native code.
    /// Bars are written when the format changes and only then, so nobody else writes here. Values of bytes are rounded to the nearest and saturate.
    /// </summary>
    public InputTensor Tensor => _tensor;

    /// <summary>Vectors in use, at most those asked for.</summary>
    internal VectorWidth Width => _width;

    /// <summary>True for what <see cref="TryWrite(ReadOnlySpan{byte}, in FrameFormat, out Letterbox)"/> can read.</summary>
    public static bool Supports(PixelFormat pixels) => pixels != PixelFormat.Jpeg && Enum.IsDefined(pixels);

    /// <summary>Fills <see cref="Tensor"/> from the whole frame. False, and nothing written, for a format that is not <see cref="Supports">supported</see>.</summary>
    /// <param name="pixels">At least <see cref="FrameFormat.SizeInBytes"/>, of which padding after the last row may be missing.</param>
    /// <param name="format">Of <paramref name="pixels"/>.</param>
    /// <param name="letterbox">The way back to source pixels.</param>
    public bool TryWrite(ReadOnlySpan<byte> pixels, in FrameFormat format, out Letterbox letterbox) =>
        TryWrite(pixels, format, FrameOrientation.Upright, out letterbox);

    /// <summary>Fills <see cref="Tensor"/> from the whole frame, turned upright.</summary>
    /// <param name="pixels">At least <see cref="FrameFormat.SizeInBytes"/>, of which padding after the last row may be missing.</param>
    /// <param name="format">Of <paramref name="pixels"/>.</param>
    /// <param name="orientation">Of the picture in <paramref name="pixels"/>.</param>
    /// <param name="letterbox">The way back to pixels of the upright picture.</param>
    public bool TryWrite(ReadOnlySpan<byte> pixels, in FrameFormat format, FrameOrientation orientation, out Letterbox letterbox)
    {
        var (width, height) = orientation.Upright(format.Width, format.Height);
        return TryWrite(pixels, format, new PixelRegion(0, 0, width, height), orientation, out letterbox);
    }

    /// <summary>Fills <see cref="Tensor"/> from a part of the frame, as if that were all of it: pixels beside it are not looked at.</summary>
    /// <param name="pixels">At least <see cref="FrameFormat.SizeInBytes"/>, of which padding after the last row may be missing.</param>
    /// <param name="format">Of <paramref name="pixels"/>.</param>
    /// <param name="region">Source pixels; what lies outside the frame is cut off. A new one costs as much as a new format.</param>
    /// <param name="letterbox">The way back to source pixels of the frame.</param>
    /// <exception cref="ArgumentException">Too few bytes, or no part of the region lies in the frame.</exception>
    public bool TryWrite(ReadOnlySpan<byte> pixels, in FrameFormat format, in PixelRegion region, out Letterbox letterbox) =>
        TryWrite(pixels, format, region, FrameOrientation.Upright, out letterbox);

    /// <summary>Fills <see cref="Tensor"/> from a part of the frame, turned upright.</summary>
    /// <param name="pixels">At least <see cref="FrameFormat.SizeInBytes"/>, of which padding after the last row may be missing.</param>
    /// <param name="format">Of <paramref name="pixels"/>.</param>
    /// <param name="region">Pixels of the upright picture; what lies outside it is cut off. A new one costs as much as a new format.</param>
    /// <param name="orientation">Of the picture in <paramref name="pixels"/>.</param>
    /// <param name="letterbox">The way back to pixels of the upright picture.</param>
    /// <exception cref="ArgumentException">Too few bytes, or no part of the region lies in the frame.</exception>
    public bool TryWrite(ReadOnlySpan<byte> pixels, in FrameFormat format, in PixelRegion region, FrameOrientation orientation, out Letterbox letterbox)
    {
        if ((format != _format || region != _region || orientation != _orientation) && !TryPrepare(format, region, orientation))
        {
            letterbox = default;
            return false;
        }

        if (pixels.Length < _layout.Needed) throw new ArgumentException($"A frame of {format} needs {_layout.Needed} bytes, got {pixels.Length}.", nameof(pixels));
        letterbox = _letterbox;
        if (_width == VectorWidth.None) WriteScalar(pixels);
        else WriteVectorised(pixels);
        return true;
    }

    private bool TryPrepare(in FrameFormat format, in PixelRegion region, FrameOrientation orientation)
    {
        if (PreprocessorLayout.Of(format, _input.Colour) is not { } layout) return false;
        var (width, height) = orientation.Upright(format.Width, format.Height);
        var part = region.ClipTo(width, height);
        if (part.IsEmpty) throw new ArgumentException($"No pixel of {region} lies in a picture of {width} × {height}. Give a region inside it.", nameof(region));
        _layout = layout;
        _turned = orientation.SwapsSides();
        _letterbox = Letterbox.Fit(_input.Resize, part, _input.Width, _input.Height);
        _colours = new ColourTransform(_input, layout.IsYuv ? format.Yuv : null);

        var columns = new Axis(_letterbox.Width, part.Left, part.Width, orientation.MirrorsColumns() ? width : 0);
        var rows = new Axis(_letterbox.Height, part.Top, part.Height, orientation.MirrorsRows() ? height : 0);
        var (across, down) = _turned ? (rows, columns) : (columns, rows);
        _taps = new (int, int, int)[across.Inputs];
        for (var x = 0; x < _taps.Length; x++) _taps[x] = Tap(x, across, 1 << PreprocessorColumns.WeightBits);
        _rows = new SourceRow[down.Inputs];
        for (var y = 0; y < _rows.Length; y++) _rows[y] = RowTap(y, down);

        if (_width != VectorWidth.None) PrepareVectors();
        WriteBars();
        (_format, _region, _orientation) = (format, region, orientation);
        return true;
    }

    /// <summary>The two stored pixels around an input pixel's centre, and how much of the second, as a part of <paramref name="weights"/>.</summary>
    private static (int First, int Second, int Weight) Tap(int position, in Axis axis, int weights)
    {
        var source = Math.Max(0, ((position + 0.5) * ((double)axis.Length / axis.Inputs)) - 0.5);
        var first = Math.Min((int)source, axis.Length - 1);
        var (left, right, weight) = first == axis.Length - 1
            ? (axis.Start + first, axis.Start + first, 0)
            : (axis.Start + first, axis.Start + first + 1, (int)Math.Round((source - first) * weights));
        return axis.Mirror == 0 ? (left, right, weight) : (axis.Mirror - 1 - right, axis.Mirror - 1 - left, weights - weight);
    }

    /// <summary>A weight of all or nothing would not fit a byte: then both rows are the same, and any weight will do.</summary>
    private static SourceRow RowTap(int position, in Axis axis) =>
        Tap(position, axis, RowWeights) switch
        {
            (var first, _, 0) => new SourceRow(first, first, RowWeights / 2),
            (_, var second, RowWeights) => new SourceRow(second, second, RowWeights / 2),
            var (first, second, weight) => new SourceRow(first, second, weight),
        };

    /// <summary>Everything, although the picture will cover most of it: once a format.</summary>
    private void WriteBars()
    {
        var plane = _input.Width * _input.Height;
        for (var colour = 0; colour < 3; colour++)
        {
            var pad = (_input.Pad - _input.Mean[colour]) / _input.Std[colour];
            for (var i = 0; i < plane; i++) Store(_input.Layout == TensorLayout.Nchw ? (colour * plane) + i : (i * 3) + colour, pad);
        }
    }

    /// <summary>Of a pixel of the picture, which starts behind the bars.</summary>
    private int IndexOf(int colour, int x, int y)
    {
        var pixel = ((_letterbox.Top + y) * _input.Width) + _letterbox.Left + x;
        return _input.Layout == TensorLayout.Nchw ? (colour * _input.Width * _input.Height) + pixel : (pixel * 3) + colour;
    }

    /// <summary>The widest of what is asked for and what there is.</summary>
    private static VectorWidth Available(VectorWidth widest) => widest switch
    {
        >= VectorWidth.Bits512 when Vector512.IsHardwareAccelerated && Avx512BW.IsSupported => VectorWidth.Bits512,
        >= VectorWidth.Bits256 when Vector256.IsHardwareAccelerated && Avx2.IsSupported => VectorWidth.Bits256,
        >= VectorWidth.Bits128 when Ssse3.IsSupported || AdvSimd.Arm64.IsSupported => VectorWidth.Bits128,
        _ => VectorWidth.None,
    };

    /// <summary>Columns or rows of the upright picture.</summary>
    /// <param name="Inputs">Of the model's input.</param>
    /// <param name="Start">Of the region.</param>
    /// <param name="Length">Of the region.</param>
    /// <param name="Mirror">Of the whole picture, where the stored ones run against it; otherwise 0.</param>
    private readonly record struct Axis(int Inputs, int Start, int Length, int Mirror);

    /// <param name="First">Upper row of pixels.</param>
    /// <param name="Second">Lower row of pixels.</param>
    /// <param name="Weight">Of the lower row, 1..255 of 256.</param>
    private readonly record struct SourceRow(int First, int Second, int Weight);
}
