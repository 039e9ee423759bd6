using Microsoft.ML.OnnxRuntime;

namespace EdgeVision.Onnx;

/// <summary>How each provider is called in configuration and in ONNX Runtime, and how it is switched on.</summary>
internal static class ExecutionProviders
{
    /// <summary>The word in configuration, the provider, its name in ONNX Runtime.</summary>
    public static IReadOnlyList<(string Word, ExecutionProvider Provider, string Name)> All { get; } =
    [
        ("cpu", ExecutionProvider.Cpu, "CPUExecutionProvider"),
        ("cuda", ExecutionProvider.Cuda, "CUDAExecutionProvider"),
        ("tensorrt", ExecutionProvider.TensorRt, "TensorrtExecutionProvider"),
        ("openvino", ExecutionProvider.OpenVino, "OpenVINOExecutionProvider"),
        ("xnnpack", ExecutionProvider.Xnnpack, "XnnpackExecutionProvider"),
        ("qnn", ExecutionProvider.Qnn, "QNNExecutionProvider"),
        ("dnnl", ExecutionProvider.Dnnl, "DnnlExecutionProvider"),
        ("migraphx", ExecutionProvider.MiGraphX, "MIGraphXExecutionProvider"),
        ("coreml", ExecutionProvider.CoreMl, "CoreMLExecutionProvider"),
    ];

    public static string Word(ExecutionProvider provider) => All.First(p => p.Provider == provider).Word;

    /// <summary>Null when the native library has it; otherwise a clause that names what there is.</summary>
    public static string? WhyMissing(ExecutionProvider provider)
    {
        var offered = OrtEnv.Instance().GetAvailableProviders();
        if (offered.Contains(All.First(p => p.Provider == provider).Name)) return null;
        var words = offered.Select(static name => All.FirstOrDefault(p => p.Name == name).Word ?? name);
        return $"this ONNX Runtime {OrtEnv.Instance().GetVersionString()} was built without it and offers {string.Join(", ", words)}";
    }

    /// <exception cref="OnnxRuntimeException">The provider's own libraries do not load, or there is no device for it.</exception>
    public static void Append(SessionOptions options, ExecutionProvider provider)
    {
        switch (provider)
        {
            case ExecutionProvider.Cpu: break;
            case ExecutionProvider.Cuda: options.AppendExecutionProvider_CUDA(); break;
            case ExecutionProvider.TensorRt: options.AppendExecutionProvider_Tensorrt(); break;
            case ExecutionProvider.OpenVino: options.AppendExecutionProvider("OpenVINO", []); break;
            case ExecutionProvider.Xnnpack: options.AppendExecutionProvider("XNNPACK", []); break;
            case ExecutionProvider.Qnn: options.AppendExecutionProvider("QNN", []); break;
            case ExecutionProvider.Dnnl: options.AppendExecutionProvider_Dnnl(); break;
            case ExecutionProvider.MiGraphX: options.AppendExecutionProvider_MIGraphX(); break;
            case ExecutionProvider.CoreMl: options.AppendExecutionProvider("CoreML", []); break;
            default: throw new ArgumentOutOfRangeException(nameof(provider), provider, "No such provider.");
        }
    }
}
