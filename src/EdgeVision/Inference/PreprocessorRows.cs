namespace EdgeVision.Inference;

/// <summary>What one row of pixels is made of.</summary>
internal enum PreprocessorRows
{
    /// <summary>One row of bytes holds all channels.</summary>
    Packed,

    /// <summary>A row of luma and one of chroma pairs.</summary>
    LumaAndPairs,

    /// <summary>A row of luma and two of chroma, half as long.</summary>
    LumaAndTwoHalves,

    /// <summary>Three rows of one length.</summary>
    ThreePlanes,
}
