using EdgeVision.Frames;
using OpenCvSharp;

namespace EdgeVision.IntegrationTests.Inference;

/// <summary>A picture as a camera would give it, and what OpenCV takes that for.</summary>
internal static class OpenCvFrame
{
    /// <summary>The frame's bytes without padding, and the BGR picture that OpenCV makes of these bytes: caller disposes.</summary>
    public static (byte[] Bytes, Mat Bgr) Of(Mat bgr, PixelFormat pixels)
    {
        using var encoded = new Mat();
        switch (pixels)
        {
            case PixelFormat.Bgr24: return (Bytes(bgr), bgr.Clone());
            case PixelFormat.Rgb24: return Convert(ColorConversionCodes.BGR2RGB, ColorConversionCodes.RGB2BGR);
            case PixelFormat.Bgra32: return Convert(ColorConversionCodes.BGR2BGRA, ColorConversionCodes.BGRA2BGR);
            case PixelFormat.Rgba32: return Convert(ColorConversionCodes.BGR2RGBA, ColorConversionCodes.RGBA2BGR);
            case PixelFormat.Grey8: return Convert(ColorConversionCodes.BGR2GRAY, ColorConversionCodes.GRAY2BGR);
            case PixelFormat.I420: return Convert(ColorConversionCodes.BGR2YUV_I420, ColorConversionCodes.YUV2BGR_I420);
            case PixelFormat.I444: return FromPlanes();
            case PixelFormat.Nv12 or PixelFormat.Nv21: return FromI420(pixels);
            default: return FromPacked(pixels);
        }

        (byte[], Mat) Convert(ColorConversionCodes there, ColorConversionCodes back)
        {
            Cv2.CvtColor(bgr, encoded, there);
            var decoded = new Mat();
            Cv2.CvtColor(encoded, decoded, back);
            return (Bytes(encoded), decoded);
        }

        // JFIF: OpenCV has full range under the name of YCrCb, Cr before Cb.
        (byte[], Mat) FromPlanes()
        {
            Cv2.CvtColor(bgr, encoded, ColorConversionCodes.BGR2YCrCb);
            var decoded = new Mat();
            Cv2.CvtColor(encoded, decoded, ColorConversionCodes.YCrCb2BGR);
            var planes = encoded.Split();
            var bytes = Bytes(planes[0]).Concat(Bytes(planes[2])).Concat(Bytes(planes[1])).ToArray();
            foreach (var plane in planes) plane.Dispose();
            return (bytes, decoded);
        }

        (byte[], Mat) FromI420(PixelFormat format)
        {
            Cv2.CvtColor(bgr, encoded, ColorConversionCodes.BGR2YUV_I420);
            var (planes, luma) = (Bytes(encoded), bgr.Width * bgr.Height);
            var bytes = planes[..luma].Concat(Enumerable.Range(0, luma / 2).Select(i => planes[luma + ((i % 2 == 0) == (format == PixelFormat.Nv12) ? 0 : luma / 4) + (i / 2)])).ToArray();
            using var frame = Mat.FromPixelData(bgr.Height * 3 / 2, bgr.Width, MatType.CV_8UC1, bytes);
            var decoded = new Mat();
            Cv2.CvtColor(frame, decoded, format == PixelFormat.Nv12 ? ColorConversionCodes.YUV2BGR_NV12 : ColorConversionCodes.YUV2BGR_NV21);
            return (bytes, decoded);
        }

        (byte[], Mat) FromPacked(PixelFormat format)
        {
            // COLOR_BGR2YUV_YUY2 and COLOR_BGR2YUV_UYVY, which the binding has no names for.
            Cv2.CvtColor(bgr, encoded, (ColorConversionCodes)(format == PixelFormat.Yuyv ? 148 : 144));
            var decoded = new Mat();
            Cv2.CvtColor(encoded, decoded, format == PixelFormat.Yuyv ? ColorConversionCodes.YUV2BGR_YUYV : ColorConversionCodes.YUV2BGR_UYVY);
            return (Bytes(encoded), decoded);
        }
    }

    private static unsafe byte[] Bytes(Mat mat)
    {
        Assert.True(mat.IsContinuous());
        return new ReadOnlySpan<byte>((void*)mat.Data, checked((int)(mat.Total() * mat.ElemSize()))).ToArray();
    }
}
