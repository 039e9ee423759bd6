namespace EdgeVision.Onnx;

/// <summary>How ONNX Runtime runs a model.</summary>
public sealed record OnnxOptions
{
    public const int MaxThreads = 64;

    /// <summary>
    /// Threads that work on one frame, 0 … 64; 0 takes <see cref="EffectiveCpus.Count"/>. Fewer leave room for neighbours and cost latency;
    /// more than there are processors only cost.
    /// </summary>
    public int Threads { get; init; }
}
