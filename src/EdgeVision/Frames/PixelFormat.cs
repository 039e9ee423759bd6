namespace EdgeVision.Frames;

/// <summary>How the bytes of a frame are to be read. Names give the byte order in memory; what colours YUV values mean says <see cref="YuvEncoding"/>.</summary>
public enum PixelFormat
{
    /// <summary>3 bytes a pixel: blue, green, red.</summary>
    Bgr24,

    /// <summary>3 bytes a pixel: red, green, blue.</summary>
    Rgb24,

    /// <summary>4 bytes a pixel: blue, green, red, unused or alpha.</summary>
    Bgra32,

    /// <summary>4 bytes a pixel: red, green, blue, unused or alpha.</summary>
    Rgba32,

    /// <summary>1 byte a pixel, luma, 0 black, 255 white.</summary>
    Grey8,

    /// <summary>One whole JPEG picture, still compressed: dropped cheaply, decoded only when a detector will look at it.</summary>
    Jpeg,

    /// <summary>Packed 4:2:2, 4 bytes for two pixels: Y0 U Y1 V. V4L2's YUYV.</summary>
    Yuyv,

    /// <summary>Packed 4:2:2, 4 bytes for two pixels: U Y0 V Y1. V4L2's UYVY.</summary>
    Uyvy,

    /// <summary>4:2:0 in two planes: Y, then rows of U V pairs with the same stride.</summary>
    Nv12,

    /// <summary>4:2:0 in two planes: Y, then rows of V U pairs with the same stride.</summary>
    Nv21,

    /// <summary>4:2:0 in three planes: Y, U, V; chroma rows have half the stride. V4L2's YU12.</summary>
    I420,

    /// <summary>4:2:2 in three planes: Y, U, V; chroma rows have half the stride. What most webcams' JPEGs hold.</summary>
    I422,

    /// <summary>4:4:4 in three planes of one size: Y, U, V.</summary>
    I444,
}
