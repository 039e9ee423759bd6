namespace EdgeVision.Triggers;

/// <summary>A line that pulses, or what stands for one. A blocking pull, as <see cref="Frames.IFrameSource"/>; it knows no threads.</summary>
public interface ITriggerSource : IDisposable
{
    /// <summary>Blocks until the next edge.</summary>
    /// <exception cref="Frames.CaptureException">The line failed; one sentence that ends in what to do.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="stopping"/> fired.</exception>
    TriggerEdge Read(CancellationToken stopping);
}
