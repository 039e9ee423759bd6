using EdgeVision.Configuration;

namespace EdgeVision.Onnx;

/// <summary>How ONNX Runtime runs a model.</summary>
/// <param name="Threads">Threads that work on one frame; 0 takes <see cref="EffectiveCpus.Count"/>.</param>
public sealed record OnnxOptions(int Threads)
{
    public const int MaxThreads = 64;

    /// <summary>Keys of the section.</summary>
    public static OnnxOptions Read(OptionsReader options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new OnnxOptions(options.Integer("Threads", 0, 0, MaxThreads,
            "Threads that work on one frame; 0 takes the processors that this process may use (affinity and cgroup quota). Fewer leave room for neighbours and cost latency; more than there are processors only cost."));
    }
}
