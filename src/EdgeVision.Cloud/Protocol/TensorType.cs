using Microsoft.ML.OnnxRuntime.Tensors;

namespace EdgeVision.Cloud.Protocol;

/// <summary>Element types as the Open Inference Protocol names them, and ONNX Runtime.</summary>
/// <remarks>Open Inference Protocol, "Tensor Data Types".</remarks>
internal static class TensorType
{
    public const string Bytes = "BYTES";

    private static readonly (string Word, TensorElementType Element, int Size)[] Table =
    [
        ("BOOL", TensorElementType.Bool, 1), ("UINT8", TensorElementType.UInt8, 1), ("UINT16", TensorElementType.UInt16, 2), ("UINT32", TensorElementType.UInt32, 4),
        ("UINT64", TensorElementType.UInt64, 8), ("INT8", TensorElementType.Int8, 1), ("INT16", TensorElementType.Int16, 2), ("INT32", TensorElementType.Int32, 4),
        ("INT64", TensorElementType.Int64, 8), ("FP16", TensorElementType.Float16, 2), ("FP32", TensorElementType.Float, 4), ("FP64", TensorElementType.Double, 8),
    ];

    /// <summary>Null for a type that the protocol does not know.</summary>
    public static string? WordOf(TensorElementType element) => Table.FirstOrDefault(t => t.Element == element).Word;

    /// <summary>Bytes of an element; 0 for a word that is none.</summary>
    public static int SizeOf(string word) => Table.FirstOrDefault(t => t.Word == word).Size;

    public static TensorElementType ElementOf(string word) => Table.First(t => t.Word == word).Element;
}
