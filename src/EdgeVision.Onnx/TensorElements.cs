using System.Globalization;
using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using EdgeVision.Models;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace EdgeVision.Onnx;

/// <summary>ONNX Runtime's element types: their names, their sizes, and the way to the floats that decoders read.</summary>
internal static class TensorElements
{
    public const string Readable = "float32, float16, float64, bool or integers of 8 to 64 bits";

    public static TensorElementType Of(TensorElement element) => element switch
    {
        TensorElement.Float32 => TensorElementType.Float,
        TensorElement.Float16 => TensorElementType.Float16,
        TensorElement.UInt8 => TensorElementType.UInt8,
        _ => throw new ArgumentOutOfRangeException(nameof(element), element, "No such element."),
    };

    /// <summary>As the manifest and numpy write it.</summary>
    public static string Name(TensorElementType type) => type switch
    {
        TensorElementType.Float => "float32",
        TensorElementType.Double => "float64",
        _ => type.ToString().ToLower(CultureInfo.InvariantCulture),
    };

    /// <summary>Bytes of a value; 0 for what <see cref="ToFloats"/> cannot read.</summary>
    public static int SizeOf(TensorElementType type) => type switch
    {
        TensorElementType.UInt8 or TensorElementType.Int8 or TensorElementType.Bool => 1,
        TensorElementType.Float16 or TensorElementType.Int16 or TensorElementType.UInt16 => 2,
        TensorElementType.Float or TensorElementType.Int32 or TensorElementType.UInt32 => 4,
        TensorElementType.Double or TensorElementType.Int64 or TensorElementType.UInt64 => 8,
        _ => 0,
    };

    /// <summary>Each value as the nearest float: class ids and counts are exact up to 2²⁴, far beyond any.</summary>
    /// <param name="type">Of <paramref name="raw"/>; one with a <see cref="SizeOf"/>.</param>
    /// <param name="raw">As many values as <paramref name="floats"/> takes.</param>
    /// <param name="floats">Filled.</param>
    public static void ToFloats(TensorElementType type, ReadOnlySpan<byte> raw, Span<float> floats)
    {
        switch (type)
        {
            case TensorElementType.Float: MemoryMarshal.Cast<byte, float>(raw).CopyTo(floats); break;
            case TensorElementType.Float16: TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(raw), floats); break;
            case TensorElementType.Double: Convert<double>(raw, floats); break;
            case TensorElementType.Int64: Convert<long>(raw, floats); break;
            case TensorElementType.UInt64: Convert<ulong>(raw, floats); break;
            case TensorElementType.Int32: Convert<int>(raw, floats); break;
            case TensorElementType.UInt32: Convert<uint>(raw, floats); break;
            case TensorElementType.Int16: Convert<short>(raw, floats); break;
            case TensorElementType.UInt16: Convert<ushort>(raw, floats); break;
            case TensorElementType.Int8: Convert<sbyte>(raw, floats); break;
            case TensorElementType.UInt8 or TensorElementType.Bool: Convert<byte>(raw, floats); break;
            default: throw new ArgumentOutOfRangeException(nameof(type), type, "Not a number.");
        }
    }

    private static void Convert<T>(ReadOnlySpan<byte> raw, Span<float> floats)
        where T : unmanaged, INumberBase<T> => TensorPrimitives.ConvertTruncating(MemoryMarshal.Cast<byte, T>(raw), floats);
}
