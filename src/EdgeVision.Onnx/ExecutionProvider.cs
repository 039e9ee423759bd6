namespace EdgeVision.Onnx;

/// <summary>What computes a model: those that ONNX Runtime's C# interface can name and that run on an edge device.</summary>
public enum ExecutionProvider
{
    Cpu,
    Cuda,
    TensorRt,
    OpenVino,
    Xnnpack,
    Qnn,
    Dnnl,
    MiGraphX,
    CoreMl,
}
