using System.Buffers.Binary;
using System.Text;

namespace EdgeVision.IntegrationTests.Onnx;

/// <summary>Writes small ONNX graphs, opset 13, one statement a node. Field numbers are those of onnx.proto.</summary>
internal sealed class ToyGraph
{
    public const int Float32 = 1, UInt8 = 2, Int8 = 3, UInt16 = 4, Int16 = 5, Int32 = 6, Int64 = 7, Text = 8, Bool = 9, Float16 = 10, Float64 = 11, UInt32 = 12, UInt64 = 13;

    private readonly List<byte> _graph = [.. Bytes(2, Utf8("toy"))];

    /// <param name="name">Of the input.</param>
    /// <param name="element">One of the constants.</param>
    /// <param name="shape">-1 for an open dimension.</param>
    public ToyGraph Input(string name, int element, params int[] shape) => Add(11, Value(name, element, shape));

    public ToyGraph Output(string name, int element, params int[] shape) => Add(12, Value(name, element, shape));

    public ToyGraph Constant(string name, int[] shape, params float[] values)
    {
        var raw = new byte[values.Length * sizeof(float)];
        Buffer.BlockCopy(values, 0, raw, 0, raw.Length);
        return Initializer(name, Float32, shape, raw);
    }

    public ToyGraph Constant(string name, int[] shape, params long[] values)
    {
        var raw = new byte[values.Length * sizeof(long)];
        for (var i = 0; i < values.Length; i++) BinaryPrimitives.WriteInt64LittleEndian(raw.AsSpan(i * sizeof(long)), values[i]);
        return Initializer(name, Int64, shape, raw);
    }

    /// <param name="operation">As "Cast".</param>
    /// <param name="inputs">Names, with blanks between them.</param>
    /// <param name="output">Name.</param>
    /// <param name="attributes">Whole numbers, or lists of them.</param>
    public ToyGraph Node(string operation, string inputs, string output, params (string Name, int[] Values)[] attributes) => Add(1,
    [
        .. inputs.Split(' ').SelectMany(static name => Bytes(1, Utf8(name))), .. Bytes(2, Utf8(output)), .. Bytes(4, Utf8(operation)),
        .. attributes.SelectMany(static a => Bytes(5, Attribute(a.Name, a.Values))),
    ]);

    public ToyGraph Cast(string input, string output, int element) => Node("Cast", input, output, ("to", [element]));

    public byte[] ToModel() => [.. Number(1, 8), .. Bytes(7, [.. _graph]), .. Bytes(8, [.. Bytes(1, []), .. Number(2, 13)])];

    private ToyGraph Initializer(string name, int element, int[] shape, byte[] raw) =>
        Add(5, [.. shape.SelectMany(static d => Number(1, d)), .. Number(2, element), .. Bytes(8, Utf8(name)), .. Bytes(9, raw)]);

    private ToyGraph Add(int field, byte[] value)
    {
        _graph.AddRange(Bytes(field, value));
        return this;
    }

    /// <summary>One number is an INT (3 in i), more are INTS (8 in ints): "axes" of one are written as "axes, axes".</summary>
    private static byte[] Attribute(string name, int[] values) => values.Length == 1
        ? [.. Bytes(1, Utf8(name)), .. Number(3, values[0]), .. Number(20, 2)]
        : [.. Bytes(1, Utf8(name)), .. values.SelectMany(static v => Number(8, v)), .. Number(20, 7)];

    private static byte[] Value(string name, int element, int[] shape)
    {
        byte[] dimensions = [.. shape.SelectMany(static (d, i) => Bytes(1, d < 0 ? Bytes(2, Utf8($"open{i}")) : Number(1, d)))];
        byte[] tensor = [.. Number(1, element), .. Bytes(2, dimensions)];
        return [.. Bytes(1, Utf8(name)), .. Bytes(2, Bytes(1, tensor))];
    }

    private static byte[] Number(int field, int value) => [.. Varint(field << 3), .. Varint(value)];

    private static byte[] Bytes(int field, byte[] value) => [.. Varint((field << 3) | 2), .. Varint(value.Length), .. value];

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static IEnumerable<byte> Varint(int value)
    {
        var rest = (ulong)value;
        for (; rest >= 0x80; rest >>= 7) yield return (byte)(rest | 0x80);
        yield return (byte)rest;
    }
}
