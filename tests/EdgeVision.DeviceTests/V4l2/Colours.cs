using EdgeVision.Frames;

namespace EdgeVision.DeviceTests.V4l2;

/// <summary>One pixel of a frame as red, green and blue: written from the standards alone, so that what is under test is not its own judge.</summary>
internal static class Colours
{
    public static (int R, int G, int B) At(Frame frame, int x, int y)
    {
        var f = frame.Format;
        var p = frame.Pixels;
        var row = y * f.Stride;
        var chroma = f.Stride * f.Height;
        switch (f.Pixels)
        {
            case PixelFormat.Grey8: return (p[row + x], p[row + x], p[row + x]);
            case PixelFormat.Rgb24: return (p[row + (3 * x)], p[row + (3 * x) + 1], p[row + (3 * x) + 2]);
            case PixelFormat.Bgr24: return (p[row + (3 * x) + 2], p[row + (3 * x) + 1], p[row + (3 * x)]);
            case PixelFormat.Yuyv: return ToRgb(f.Yuv, p[row + (2 * x)], p[row + (x / 2 * 4) + 1], p[row + (x / 2 * 4) + 3]);
            case PixelFormat.Uyvy: return ToRgb(f.Yuv, p[row + (2 * x) + 1], p[row + (x / 2 * 4)], p[row + (x / 2 * 4) + 2]);
            case PixelFormat.Nv12: return ToRgb(f.Yuv, p[row + x], p[chroma + (y / 2 * f.Stride) + (x / 2 * 2)], p[chroma + (y / 2 * f.Stride) + (x / 2 * 2) + 1]);
            case PixelFormat.Nv21: return ToRgb(f.Yuv, p[row + x], p[chroma + (y / 2 * f.Stride) + (x / 2 * 2) + 1], p[chroma + (y / 2 * f.Stride) + (x / 2 * 2)]);
            case PixelFormat.I420:
                var half = f.Stride / 2;
                return ToRgb(f.Yuv, p[row + x], p[chroma + (y / 2 * half) + (x / 2)], p[chroma + (half * f.Height / 2) + (y / 2 * half) + (x / 2)]);
            default: throw new ArgumentOutOfRangeException(nameof(frame), f.Pixels, "No colours are known of it.");
        }
    }

    /// <summary>ITU-R BT.601-7 and BT.709-6, section 3.</summary>
    private static (int R, int G, int B) ToRgb(YuvEncoding encoding, int y, int u, int v)
    {
        var (kr, kb) = encoding is YuvEncoding.Bt709Limited or YuvEncoding.Bt709Full ? (0.2126, 0.0722) : (0.299, 0.114);
        var isFull = encoding is YuvEncoding.Bt601Full or YuvEncoding.Bt709Full;
        var luma = isFull ? y : (y - 16) * 255 / 219.0;
        var (cb, cr) = isFull ? (u - 128.0, v - 128.0) : ((u - 128) * 255 / 224.0, (v - 128) * 255 / 224.0);
        var (r, b) = (luma + (2 * (1 - kr) * cr), luma + (2 * (1 - kb) * cb));
        return (Clamp(r), Clamp((luma - (kr * r) - (kb * b)) / (1 - kr - kb)), Clamp(b));
    }

    private static int Clamp(double value) => (int)Math.Clamp(Math.Round(value), 0, 255);
}
