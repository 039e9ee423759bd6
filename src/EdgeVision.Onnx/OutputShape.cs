using EdgeVision.Inference;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace EdgeVision.Onnx;

/// <summary>What one output of a model is for one input size.</summary>
/// <param name="Name">In the graph.</param>
/// <param name="Element">In the graph; decoders read floats.</param>
/// <param name="Dimensions">All known. At <paramref name="Rows"/> stands how many there is room for, not how many a frame gives.</param>
/// <param name="Rows">Index of the dimension that depends on what is seen, as of the boxes a graph with its own NMS gives; -1 where none does.</param>
internal sealed record OutputShape(string Name, TensorElementType Element, int[] Dimensions, int Rows = -1)
{
    public int Length => Dimensions.Aggregate(1, static (a, b) => checked(a * b));

    /// <summary>As the decoder meets it: its values have become floats.</summary>
    public TensorSpec Spec => new(Name, "float32", Dimensions);

    /// <summary>With <see cref="Rows"/> found, if these dimensions differ in a single one that was thought fixed.</summary>
    public OutputShape Following(ReadOnlySpan<long> dimensions)
    {
        if (Rows >= 0 || dimensions.Length != Dimensions.Length) return this;
        var moving = -1;
        for (var i = 0; i < dimensions.Length; i++)
        {
            if (dimensions[i] == Dimensions[i]) continue;
            if (moving >= 0) return this;
            moving = i;
        }

        return moving < 0 ? this : this with { Rows = moving };
    }

    public OutputShape WithRows(int rows)
    {
        var dimensions = (int[])Dimensions.Clone();
        dimensions[Rows] = rows;
        return this with { Dimensions = dimensions };
    }
}
