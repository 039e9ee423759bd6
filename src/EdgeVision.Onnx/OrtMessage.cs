using Microsoft.ML.OnnxRuntime;

namespace EdgeVision.Onnx;

/// <summary>What ONNX Runtime says, as a clause for a sentence of ours: its own texts run over lines with source files and stacks.</summary>
internal static class OrtMessage
{
    public static string FirstLine(OnnxRuntimeException e) => FirstLine(e.Message);

    public static string FirstLine(string message) => message.Split('\n', 2)[0].Trim().TrimEnd('.');
}
