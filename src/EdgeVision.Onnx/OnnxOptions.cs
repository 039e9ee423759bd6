using EdgeVision.Configuration;

namespace EdgeVision.Onnx;

/// <summary>How ONNX Runtime runs a model. Ranges, defaults and trade-offs: <see cref="Read"/>.</summary>
/// <param name="Threads">Threads that work on one frame; 0 for as many as are right.</param>
public sealed record OnnxOptions(int Threads)
{
    public const int MaxThreads = 64;

    public const int MaxSessions = 64;

    /// <summary>More than 1: so many frames are worked on side by side, each in a session of its own.</summary>
    public int Sessions { get; init; }

    public ExecutionProvider Provider { get; init; }

    /// <summary>True: without <see cref="Provider"/> the processor does it, and the log says so. False: the model does not open.</summary>
    public bool ProviderFallback { get; init; }

    /// <summary>Keys of the section.</summary>
    public static OnnxOptions Read(OptionsReader options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new OnnxOptions(options.Integer("Threads", 0, 0, MaxThreads,
            "Threads that work on one frame; 0 takes the processors that this process may use (affinity and cgroup quota), or 1 with `Sessions`. Fewer leave room for neighbours and cost latency; more than there are processors only cost."))
        {
            Sessions = options.Integer("Sessions", 0, 0, MaxSessions,
                "For several cameras: so many frames at a time, each in a session of its own with `Threads` 1, shared fairly. Gives a few more frames a second in all; each frame takes longer, and every session has its own memory (30 MB each with the bundled model). 0 or 1: all processors work on one frame. More than there are cameras or processors gain nothing."),
            Provider = options.OneOf("Provider", ExecutionProvider.Cpu,
                "What computes. Anything but `cpu` needs a native ONNX Runtime library built with it, in place of the one that comes along; the error names what yours offers.",
                [.. ExecutionProviders.All.Select(static p => (p.Word, p.Provider))]),
            ProviderFallback = options.Flag("ProviderFallback", false,
                "What happens when `Provider` is missing or fails at the start: `true` takes `cpu` and logs a warning, `false` refuses to start. A slower node that works, or one that tells at once."),
        };
    }
}
