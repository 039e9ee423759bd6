namespace EdgeVision.Cloud.Protocol;

/// <summary>A tensor of a request or an answer.</summary>
/// <param name="Name">Of the model's input or output.</param>
/// <param name="Type">Word of a <see cref="TensorType"/>.</param>
/// <param name="Shape">The first dimension is the batch.</param>
/// <param name="Data">Elements in the machine's order, which is little-endian; of BYTES each with its length of 4 bytes in front.</param>
internal sealed record Tensor(string Name, string Type, IReadOnlyList<long> Shape, ReadOnlyMemory<byte> Data)
{
    /// <summary>Elements of a shape; -1 when it is none, or too many for a request.</summary>
    public static long Count(IReadOnlyList<long> shape)
    {
        var count = 1L;
        foreach (var side in shape)
        {
            if (side < 0 || (side > 0 && count > int.MaxValue / side)) return -1;
            count *= side;
        }

        return count;
    }
}
