namespace EdgeVision.Models;

/// <summary>Type of a tensor's values.</summary>
public enum TensorElement
{
    Float32,
    Float16,
    UInt8,
}
