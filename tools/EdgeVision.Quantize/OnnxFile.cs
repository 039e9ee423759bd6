using EdgeVision.Quantize.Onnx;
using Google.Protobuf;

namespace EdgeVision.Quantize;

/// <summary>An ONNX model on disk. What onnx.proto does not name survives.</summary>
internal static class OnnxFile
{
    /// <exception cref="QuantizeException">Missing, or not ONNX.</exception>
    public static ModelProto Read(string path)
    {
        try
        {
            var model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(path));
            return model.Graph is { Node.Count: > 0 } ? model : throw new QuantizeException($"'{path}' holds no graph; an ONNX model was expected. Export it again.");
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new QuantizeException($"'{path}' is not an ONNX model ({e.Message.TrimEnd('.')}). Export it again.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new QuantizeException($"'{path}' cannot be read ({e.Message.TrimEnd('.')}); an ONNX model was expected there. Check the path.", e);
        }
    }

    public static void Write(string path, ModelProto model)
    {
        try
        {
            File.WriteAllBytes(path, model.ToByteArray());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new QuantizeException($"'{path}' cannot be written ({e.Message.TrimEnd('.')}). Name a file in a folder that exists and is yours.", e);
        }
    }
}
