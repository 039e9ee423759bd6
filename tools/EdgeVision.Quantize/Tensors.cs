using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using EdgeVision.Quantize.Onnx;
using Google.Protobuf;
using DataType = EdgeVision.Quantize.Onnx.TensorProto.Types.DataType;

namespace EdgeVision.Quantize;

/// <summary>Constants of a graph, to and from arrays.</summary>
internal static class Tensors
{
    public static TensorProto Floats(string name, ReadOnlySpan<float> values, params long[] dims) => Create(name, DataType.Float, MemoryMarshal.AsBytes(values), dims);

    public static TensorProto UInt8(string name, byte value) => Create(name, DataType.Uint8, [value], []);

    public static TensorProto Int8(string name, ReadOnlySpan<sbyte> values, params long[] dims) => Create(name, DataType.Int8, MemoryMarshal.AsBytes(values), dims);

    public static TensorProto Int32(string name, ReadOnlySpan<int> values, params long[] dims) => Create(name, DataType.Int32, MemoryMarshal.AsBytes(values), dims);

    /// <exception cref="QuantizeException">Neither float32 nor float16.</exception>
    public static float[] ReadFloats(TensorProto tensor)
    {
        var length = tensor.Dims.Aggregate(1L, static (a, b) => a * b);
        float[] values = (DataType)tensor.DataType switch
        {
            DataType.Float when tensor.HasRawData => MemoryMarshal.Cast<byte, float>(tensor.RawData.Span).ToArray(),
            DataType.Float => [.. tensor.FloatData],
            DataType.Float16 when tensor.HasRawData => Widen(MemoryMarshal.Cast<byte, Half>(tensor.RawData.Span)),
            _ => throw new QuantizeException($"Constant '{tensor.Name}' has data type {tensor.DataType}; float32 (1) or float16 (10) was expected. Export the model in float."),
        };
        return values.Length == length ? values : throw new QuantizeException($"Constant '{tensor.Name}' has {values.Length} values but its shape needs {length}. Export the model again.");
    }

    private static float[] Widen(ReadOnlySpan<Half> halves)
    {
        var values = new float[halves.Length];
        TensorPrimitives.ConvertToSingle(halves, values);
        return values;
    }

    private static TensorProto Create(string name, DataType type, ReadOnlySpan<byte> raw, long[] dims)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)type, RawData = ByteString.CopyFrom(raw) };
        tensor.Dims.AddRange(dims);
        return tensor;
    }
}
