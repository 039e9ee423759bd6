namespace EdgeVision.Frames;

/// <summary>How the bytes of a frame are to be read. Names give the byte order in memory.</summary>
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

    /// <summary>1 byte a pixel, luma.</summary>
    Grey8,

    /// <summary>One whole JPEG picture, still compressed: dropped cheaply, decoded only when a detector will look at it.</summary>
    Jpeg,
}
