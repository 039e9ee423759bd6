using EdgeVision.Frames;

namespace EdgeVision.Capture.Ffmpeg;

/// <summary>ffmpeg's names of raw pixels in NUT (libavcodec/raw.c), as ours.</summary>
internal static class RawPixels
{
    /// <summary>Null for one that nobody asked for.</summary>
    public static PixelFormat? Of(uint fourCc) => fourCc switch
    {
        0x30323449 => PixelFormat.I420,          // I420
        0x3231564E => PixelFormat.Nv12,          // NV12
        0x3132564E => PixelFormat.Nv21,          // NV21
        0x42323459 => PixelFormat.I422,          // Y42B
        0x50343434 => PixelFormat.I444,          // 444P
        0x32595559 => PixelFormat.Yuyv,          // YUY2
        0x59565955 => PixelFormat.Uyvy,          // UYVY
        0x30303859 => PixelFormat.Grey8,         // Y800
        0x18524742 => PixelFormat.Bgr24,         // BGR and 24
        0x18424752 => PixelFormat.Rgb24,         // RGB and 24
        0x41524742 => PixelFormat.Bgra32,        // BGRA
        0x41424752 => PixelFormat.Rgba32,        // RGBA
        _ => null,
    };
}
