using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace EdgeVision.Onnx;

/// <summary>
/// One output as floats, whatever the graph gives. Bound (<see cref="Value"/>), the model writes here by itself; a float32 output then is
/// ready, any other is converted. Otherwise results are copied in.
/// </summary>
internal sealed class OutputTensor : IDisposable
{
    /// <summary>Fills the rows that a frame has not: below every threshold as a score, no class as an id.</summary>
    private const float Absent = -1;

    private readonly byte[] _raw;
    private readonly float[] _floats;

    /// <param name="shape">Of the output.</param>
    /// <param name="bind">True when the model is to write here by itself, which it can where no dimension depends on the picture.</param>
    public OutputTensor(OutputShape shape, bool bind)
    {
        Shape = shape;
        _floats = GC.AllocateArray<float>(shape.Length, pinned: true);
        _raw = shape.Element == TensorElementType.Float || !bind ? [] : GC.AllocateArray<byte>(shape.Length * TensorElements.SizeOf(shape.Element), pinned: true);
        if (bind) Value = Bind();
    }

    public OutputShape Shape { get; }

    public ReadOnlyMemory<float> Floats => _floats;

    /// <summary>Null when results are copied in.</summary>
    public OrtValue? Value { get; }

    /// <summary>After the model has written into <see cref="Value"/>.</summary>
    public void Convert()
    {
        if (_raw.Length > 0) TensorElements.ToFloats(Shape.Element, _raw, _floats);
    }

    /// <summary>False for a result of another shape than <see cref="Shape"/> with at most as many rows.</summary>
    public bool TryCopy(OrtValue result, ReadOnlySpan<long> dimensions)
    {
        if (!Fits(dimensions)) return false;
        var (blocks, from, to) = (1, 1, 1);
        for (var i = 0; i < Shape.Dimensions.Length; i++)
        {
            if (i < Shape.Rows) blocks *= Shape.Dimensions[i];
            else (from, to) = (from * (int)dimensions[i], to * Shape.Dimensions[i]);
        }

        var raw = from == 0 ? default : result.GetTensorMutableRawData();
        var size = TensorElements.SizeOf(Shape.Element);
        for (var block = 0; block < blocks; block++)
        {
            var target = _floats.AsSpan(block * to, to);
            if (from > 0) TensorElements.ToFloats(Shape.Element, raw.Slice(block * from * size, from * size), target[..from]);
            target[from..].Fill(Absent);
        }

        return true;
    }

    public void Dispose() => Value?.Dispose();

    private bool Fits(ReadOnlySpan<long> dimensions)
    {
        if (dimensions.Length != Shape.Dimensions.Length) return false;
        for (var i = 0; i < dimensions.Length; i++)
        {
            if (i == Shape.Rows ? dimensions[i] > Shape.Dimensions[i] : dimensions[i] != Shape.Dimensions[i]) return false;
        }

        return true;
    }

    private OrtValue Bind()
    {
        var (address, bytes) = _raw.Length > 0
            ? (Marshal.UnsafeAddrOfPinnedArrayElement(_raw, 0), _raw.Length)
            : (Marshal.UnsafeAddrOfPinnedArrayElement(_floats, 0), _floats.Length * sizeof(float));
        return OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, Shape.Element, [.. Shape.Dimensions.Select(static d => (long)d)], address, bytes);
    }
}
