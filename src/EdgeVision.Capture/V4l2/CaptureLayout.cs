using System.Diagnostics.CodeAnalysis;
using EdgeVision.Frames;

namespace EdgeVision.Capture.V4l2;

/// <summary>How frames lie in the driver's buffers, as it answered to S_FMT.</summary>
/// <param name="Code">Format.</param>
/// <param name="Frame">How a frame is read here; of several buffers, as it is when they are copied behind each other.</param>
/// <param name="Planes">Buffers a frame comes in.</param>
/// <param name="SizeImage">Bytes of the largest frame, all planes.</param>
/// <param name="PlaneStrides">Bytes from row to row in each plane's buffer; only of several planes.</param>
internal readonly record struct CaptureLayout(FourCc Code, FrameFormat Frame, int Planes, int SizeImage, (int First, int Second, int Third) PlaneStrides)
{
    /// <summary>More is no camera: 16384 × 16384 in three bytes, with room.</summary>
    private const long MaxFrameBytes = 1L << 30;

    /// <summary>Bytes that a frame may lack: the padding behind its last row, which some drivers leave out.</summary>
    public int Tolerated => Frame.Stride - FrameFormat.RowBytes(Frame.Pixels, Frame.Width);

    public int PlaneStride(int plane) => plane switch { 0 => PlaneStrides.First, 1 => PlaneStrides.Second, _ => PlaneStrides.Third };

    public bool IsCompressed => Frame.Pixels is PixelFormat.Jpeg;

    /// <summary>Reads the answer to S_FMT or G_FMT.</summary>
    /// <param name="format">Its type tells which part of it holds.</param>
    /// <param name="layout">The result.</param>
    /// <param name="reason">Why it makes no sense, a clause.</param>
    public static bool TryRead(in V4l2Abi.Format format, out CaptureLayout layout, [NotNullWhen(false)] out string? reason)
    {
        layout = default;
        var isMultiPlanar = format.Type == V4l2Abi.TypeCaptureMplane;
        var (width, height, field) = isMultiPlanar ? (format.PixMplane.Width, format.PixMplane.Height, format.PixMplane.Field) : (format.Pix.Width, format.Pix.Height, format.Pix.Field);
        var code = new FourCc(isMultiPlanar ? format.PixMplane.PixelFormat : format.Pix.PixelFormat);
        var planes = isMultiPlanar ? format.PixMplane.PlaneCount : 1;
        reason = V4l2Formats.ToPixels(code) is null ? $"the format {code} is not read here"
            : width is 0 or > V4l2Device.MaxSide || height is 0 or > V4l2Device.MaxSide ? FormattableString.Invariant($"{width}×{height} is no size of a picture")
            : planes != V4l2Formats.PlaneBuffers(code) ? FormattableString.Invariant($"{code} in {planes} buffers was not expected")
            : field is not (V4l2Abi.FieldNone or V4l2Abi.FieldAny or V4l2Abi.FieldInterlaced or V4l2Abi.FieldInterlacedTb or V4l2Abi.FieldInterlacedBt)
                ? "it gives the halves of interlaced pictures apart, which is not read here; set the input to a progressive mode"
            : null;
        if (reason is not null) return false;

        var pixels = V4l2Formats.ToPixels(code)!.Value;
        var yuv = isMultiPlanar
            ? ToYuv(format.PixMplane.Colorspace, format.PixMplane.Encoding, format.PixMplane.Quantization)
            : ToYuv(format.Pix.Colorspace, format.Pix.Encoding, format.Pix.Quantization);
        return isMultiPlanar
            ? TryReadPlanes(format.PixMplane, code, pixels, yuv, out layout, out reason)
            : TryReadPlane(code, pixels, (int)width, (int)height, format.Pix.BytesPerLine, format.Pix.SizeImage, yuv, out layout, out reason);
    }

    /// <summary>
    /// What the colours of a YUV format mean. Defaults as V4L2_MAP_YCBCR_ENC_DEFAULT and V4L2_MAP_QUANTIZATION_DEFAULT of videodev2.h; BT.2020, which
    /// cameras of this kind do not give, is taken for the next of kin.
    /// </summary>
    internal static YuvEncoding ToYuv(uint colorspace, uint encoding, uint quantization)
    {
        var is709 = encoding switch
        {
            V4l2Abi.EncodingDefault => colorspace is V4l2Abi.ColorspaceRec709 or V4l2Abi.ColorspaceDciP3 or V4l2Abi.ColorspaceBt2020,
            V4l2Abi.Encoding709 or V4l2Abi.EncodingXv709 or V4l2Abi.EncodingBt2020 or V4l2Abi.EncodingBt2020Constant => true,
            _ => false,
        };
        var isFull = quantization == V4l2Abi.QuantizationDefault ? colorspace == V4l2Abi.ColorspaceJpeg : quantization == V4l2Abi.QuantizationFull;
        return (is709, isFull) switch
        {
            (true, true) => YuvEncoding.Bt709Full,
            (true, false) => YuvEncoding.Bt709Limited,
            (false, true) => YuvEncoding.Bt601Full,
            _ => YuvEncoding.Bt601Limited,
        };
    }

    private static bool TryReadPlanes(
        in V4l2Abi.PixFormatMplane format, FourCc code, PixelFormat pixels, YuvEncoding yuv, out CaptureLayout layout, [NotNullWhen(false)] out string? reason)
    {
        var (width, height, first) = ((int)format.Width, (int)format.Height, format.Plane(0));
        if (format.PlaneCount == 1) return TryReadPlane(code, pixels, width, height, first.BytesPerLine, first.SizeImage, yuv, out layout, out reason);
        layout = default;
        reason = null;
        var packed = FrameFormat.Packed(pixels, width, height, yuv);
        Span<int> strides = stackalloc int[3];
        var total = 0L;
        for (var plane = 0; plane < format.PlaneCount; plane++)
        {
            var (rowBytes, rows) = PlaneSize(packed, plane);
            var given = format.Plane(plane);
            var stride = given.BytesPerLine == 0 ? rowBytes : (long)given.BytesPerLine;
            if (stride < rowBytes || stride > MaxFrameBytes || given.SizeImage < (stride * (rows - 1)) + rowBytes)
            {
                reason = FormattableString.Invariant($"plane {plane} of {code} {width}×{height} in {given.SizeImage} bytes with {stride} a row makes no sense");
                return false;
            }

            strides[plane] = (int)stride;
            total += given.SizeImage;
        }

        if (total > MaxFrameBytes)
        {
            reason = FormattableString.Invariant($"frames of {total} bytes are too large");
            return false;
        }

        layout = new CaptureLayout(code, packed, format.PlaneCount, (int)total, (strides[0], strides[1], strides[2]));
        return true;
    }

    /// <summary>Bytes of a row and rows of a plane that has its own buffer.</summary>
    internal static (int RowBytes, int Rows) PlaneSize(in FrameFormat packed, int plane) => plane == 0
        ? (packed.Stride, packed.Height)
        : (packed.ChromaStride, (packed.Height + 1) / 2);

    private static bool TryReadPlane(
        FourCc code, PixelFormat pixels, int width, int height, uint bytesPerLine, uint sizeImage, YuvEncoding yuv, out CaptureLayout layout, [NotNullWhen(false)] out string? reason)
    {
        layout = default;
        if (sizeImage is 0 || sizeImage > MaxFrameBytes)
        {
            reason = FormattableString.Invariant($"frames of {sizeImage} bytes make no sense");
            return false;
        }

        reason = null;
        if (pixels is PixelFormat.Jpeg)
        {
            layout = new CaptureLayout(code, FrameFormat.Jpeg(width, height), 1, (int)sizeImage, default);
            return true;
        }

        var rowBytes = FrameFormat.RowBytes(pixels, width);
        // Old drivers leave it 0 where there is no padding.
        var stride = bytesPerLine == 0 ? rowBytes : (long)bytesPerLine;
        if (stride < rowBytes || stride * height > MaxFrameBytes)
        {
            reason = FormattableString.Invariant($"{code} {width}×{height} with {bytesPerLine} bytes a row makes no sense");
            return false;
        }

        layout = new CaptureLayout(code, new FrameFormat(pixels, width, height, (int)stride, yuv), 1, (int)sizeImage, default);
        if (layout.Frame.SizeInBytes <= sizeImage) return true;
        reason = FormattableString.Invariant($"{code} {width}×{height} with {stride} bytes a row needs {layout.Frame.SizeInBytes} bytes, and its frames have {sizeImage}");
        return false;
    }
}
