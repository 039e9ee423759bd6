namespace EdgeVision.Models;

/// <summary>How a YOLOX head writes its boxes.</summary>
public enum BoxEncoding
{
    /// <summary>Centre relative to the grid cell, logarithm of the size, both in strides: the usual export.</summary>
    Grid,

    /// <summary>Centre and size in input pixels: exported with <c>--decode_in_inference</c>.</summary>
    Pixels,
}
