namespace EdgeVision.Frames;

/// <summary>
/// Which colours YUV values mean: matrix and range. Taking one for another shifts all colours a little and costs accuracy that nobody finds later.
/// Source: ITU-R BT.601-7, BT.709-6; full range as JFIF 1.02.
/// </summary>
public enum YuvEncoding
{
    /// <summary>BT.601, luma 16..235, chroma 16..240: what cameras mean when they say nothing.</summary>
    Bt601Limited,

    /// <summary>BT.601, 0..255: JPEG.</summary>
    Bt601Full,

    /// <summary>BT.709, luma 16..235, chroma 16..240: HD video.</summary>
    Bt709Limited,

    /// <summary>BT.709, 0..255.</summary>
    Bt709Full,
}
