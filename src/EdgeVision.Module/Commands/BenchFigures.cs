namespace EdgeVision.Module.Commands;

/// <summary>What <c>bench</c> measured. Times and ratio are those of the block with the median ratio.</summary>
internal sealed record BenchFigures
{
    /// <summary>The model alone, with bound tensors.</summary>
    public required Spread SessionRun { get; init; }

    /// <summary>From the frame's handle to its detections; a JPEG's decoding included.</summary>
    public required Spread Frame { get; init; }

    public required TimeSpan Preprocess { get; init; }

    public required TimeSpan Postprocess { get; init; }

    /// <summary>p50 of <see cref="Frame"/> over p50 of <see cref="SessionRun"/>, of each block, in their order.</summary>
    public required IReadOnlyList<double> Ratios { get; init; }

    public required double OverheadRatio { get; init; }

    /// <summary>Managed, process-wide.</summary>
    public required double AllocatedBytesPerFrame { get; init; }

    /// <summary>Of the whole process so far; null where the system does not tell.</summary>
    public required double? PeakRssMiB { get; init; }

    /// <summary>From the start of the process.</summary>
    public TimeSpan StartupToFirstDetection { get; init; }

    internal readonly record struct Spread(TimeSpan P50, TimeSpan P99);
}
