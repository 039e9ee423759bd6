using System.Text;
using EdgeVision.Models;

namespace EdgeVision.Tests.Models;

/// <summary>Writes ONNX files field by field, so that the reader is not tested against itself. Field numbers are those of onnx.proto.</summary>
internal static class OnnxBytes
{
    /// <summary>A file of one picture input, as exporters write it.</summary>
    public static byte[] Model(string input, IReadOnlyList<string> outputs, params (string Key, string Value)[] metadata) =>
        Model([Value(input)], [.. outputs.Select(Value)], metadata);

    public static byte[] Model(IReadOnlyList<byte[]> inputs, IReadOnlyList<byte[]> outputs, (string Key, string Value)[] metadata, params byte[][] initialisers) =>
    [
        .. Number(1, 8), .. Text(2, "pytorch"), .. Text(3, "2.5.1"),
        .. Bytes(7, [
            .. Bytes(1, [.. Text(1, "images"), .. Text(2, "output"), .. Text(4, "Identity")]),
            .. Text(2, "main_graph"),
            .. initialisers.SelectMany(static i => Bytes(5, i)),
            .. inputs.SelectMany(static i => Bytes(11, i)),
            .. outputs.SelectMany(static o => Bytes(12, o)),
        ]),
        .. Bytes(8, [.. Text(1, ""), .. Number(2, 17)]), .. Bytes(8, [.. Text(1, "com.microsoft"), .. Number(2, 1)]),
        .. metadata.SelectMany(static m => Bytes(14, [.. Text(1, m.Key), .. Text(2, m.Value)])),
    ];

    /// <summary>A ValueInfoProto of "name type [d,d,…]"; a dimension that is no number is a word, "?" is nothing at all.</summary>
    public static byte[] Value(string value)
    {
        var parts = value.Split(' ', 3);
        var type = parts[1] switch { "float32" => 1, "uint8" => 2, "int64" => 7, "float16" => 10, _ => 99 };
        if (parts.Length < 3) return [.. Text(1, parts[0]), .. Bytes(2, Bytes(1, Number(1, type)))];
        var shape = parts[2].Trim('[', ']').Split(',').SelectMany(static d => Bytes(1, long.TryParse(d, out var size) ? Number(1, size) : d == "?" ? [] : Text(2, d)));
        return [.. Text(1, parts[0]), .. Bytes(2, Bytes(1, [.. Number(1, type), .. Bytes(2, [.. shape])]))];
    }

    /// <summary>A TensorProto with its numbers inside.</summary>
    public static byte[] Initialiser(string name, int bytes) => [.. Number(1, bytes / 4), .. Number(2, 1), .. Text(8, name), .. Bytes(9, new byte[bytes])];

    /// <summary>A TensorProto with its numbers in a file beside the model.</summary>
    public static byte[] ExternalInitialiser(string name, string file) =>
        [.. Number(2, 1), .. Text(8, name), .. Bytes(13, [.. Text(1, "location"), .. Text(2, file)]), .. Bytes(13, [.. Text(1, "offset"), .. Text(2, "0")]), .. Number(14, 1)];

    public static byte[] Number(int field, long value) => [.. Varint((ulong)field << 3), .. Varint((ulong)value)];

    public static byte[] Bytes(int field, byte[] value) => [.. Varint(((ulong)field << 3) | 2), .. Varint((ulong)value.Length), .. value];

    public static byte[] Text(int field, string text) => Bytes(field, Encoding.UTF8.GetBytes(text));

    private static IEnumerable<byte> Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7) yield return (byte)(value | 0x80);
        yield return (byte)value;
    }

    public static OnnxHeader Read(byte[] bytes) => OnnxHeader.Read(new MemoryStream(bytes), "test.onnx");
}
