namespace EdgeVision.Inference;

/// <summary>Widest vectors a pixel kernel may use; what the processor lacks is not used anyway. For tests and benchmarks.</summary>
public enum VectorWidth
{
    /// <summary>The scalar twin of every vectorised path.</summary>
    None = 0,
    Bits128 = 128,
    Bits256 = 256,
    Bits512 = 512,
}
