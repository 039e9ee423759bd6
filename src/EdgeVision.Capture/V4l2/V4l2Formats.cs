using EdgeVision.Frames;

namespace EdgeVision.Capture.V4l2;

/// <summary>Which of the kernel's formats are read, and what they are here.</summary>
internal static class V4l2Formats
{
    /// <summary>In the order in which raw formats of the same size and rate are preferred: what sensors give first, then what drivers convert to; colour before grey, raw before compressed.</summary>
    private static readonly (FourCc Code, PixelFormat Pixels)[] Known =
    [
        (FourCc.Yuyv, PixelFormat.Yuyv),
        (FourCc.Uyvy, PixelFormat.Uyvy),
        (FourCc.Nv12, PixelFormat.Nv12),
        (FourCc.Nv21, PixelFormat.Nv21),
        (FourCc.Yu12, PixelFormat.I420),
        (FourCc.Nm12, PixelFormat.Nv12),
        (FourCc.Nm21, PixelFormat.Nv21),
        (FourCc.Ym12, PixelFormat.I420),
        (FourCc.Bgr3, PixelFormat.Bgr24),
        (FourCc.Rgb3, PixelFormat.Rgb24),
        (FourCc.Grey, PixelFormat.Grey8),
        (FourCc.Mjpg, PixelFormat.Jpeg),
        (FourCc.Jpeg, PixelFormat.Jpeg),
    ];

    /// <summary>Names of all that are read.</summary>
    public static string[] All { get; } = [.. Known.Select(static known => known.Code.ToString())];

    /// <summary>Null for formats that are not read.</summary>
    public static PixelFormat? ToPixels(FourCc code)
    {
        foreach (var known in Known)
        {
            if (known.Code == code) return known.Pixels;
        }

        return null;
    }

    /// <summary>Smaller is preferred; only of known formats.</summary>
    public static int Rank(FourCc code) => Array.FindIndex(Known, known => known.Code == code);

    /// <summary>A name as people write it, in any case.</summary>
    public static FourCc? Find(string name)
    {
        foreach (var known in Known)
        {
            if (known.Code.ToString().Equals(name, StringComparison.OrdinalIgnoreCase)) return known.Code;
        }

        return null;
    }

    /// <summary>Buffers a frame comes in: planes of their own for the formats whose name has an M.</summary>
    public static int PlaneBuffers(FourCc code) => code == FourCc.Nm12 || code == FourCc.Nm21 ? 2 : code == FourCc.Ym12 ? 3 : 1;
}
