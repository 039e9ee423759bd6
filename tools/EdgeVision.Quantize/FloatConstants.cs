using EdgeVision.Quantize.Onnx;

namespace EdgeVision.Quantize;

/// <summary>The constants that nodes read: initializers, and float16 initializers behind a Cast to float32, as if the Cast were folded.</summary>
internal sealed class FloatConstants
{
    private readonly Dictionary<string, TensorProto> _stored;

    /// <summary>Output of a Cast to the float16 it widens.</summary>
    private readonly Dictionary<string, string> _widened = [];

    public FloatConstants(GraphProto graph)
    {
        _stored = graph.Initializer.ToDictionary(static t => t.Name);
        foreach (var cast in graph.Node)
        {
            if (cast.OpType == "Cast" && _stored.TryGetValue(cast.Input[0], out var half) && half.DataType == (int)TensorProto.Types.DataType.Float16)
                _widened[cast.Output[0]] = cast.Input[0];
        }
    }

    public bool Contains(string name) => _stored.ContainsKey(name) || _widened.ContainsKey(name);

    public long[] Shape(string name) => [.. Stored(name).Dims];

    public float[] Read(string name) => Tensors.ReadFloats(Stored(name));

    private TensorProto Stored(string name) => _stored[_widened.GetValueOrDefault(name, name)];
}
