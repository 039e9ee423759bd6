namespace EdgeVision.Models;

/// <summary>Names what people give us instead of an ONNX file.</summary>
internal static class FileSignature
{
    /// <summary>The rest of "it is …", with what to do; null for what has no signature. Reads from where the stream is.</summary>
    public static string? Name(Stream stream)
    {
        Span<byte> start = stackalloc byte[32];
        var head = (ReadOnlySpan<byte>)start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        if (head.IsEmpty) return "it is empty";
        if (head.StartsWith("version https://git-lfs"u8)) return "it is a Git LFS pointer: run git lfs pull";
        if (head.StartsWith("PK\u0003\u0004"u8)) return "it is a zip file, as PyTorch's .pt: export the model to ONNX, or name it .evmodel if it is a package";
        if (head.Length > 8 && head[4..].StartsWith("TFL3"u8)) return "it is a TensorFlow Lite model: convert it with tf2onnx";
        if (head.StartsWith("7767517"u8)) return "it is an ncnn model: export the model it was made from to ONNX";
        if (head.StartsWith("<"u8) || head.StartsWith("{"u8)) return "it is text";
        return head.Length > 8 && head[4..].StartsWith("ORTM"u8) ? "it is in ONNX Runtime's own format: give the .onnx it was made from" : null;
    }
}
