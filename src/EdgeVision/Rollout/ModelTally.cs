using EdgeVision.Inference;

namespace EdgeVision.Rollout;

/// <summary>What a model did on live frames since it looks with all cameras. Any thread.</summary>
public sealed class ModelTally
{
    private long _frames, _failed, _objects, _ticks;

    /// <summary>Frames that it answered.</summary>
    public long Frames => Interlocked.Read(ref _frames);

    /// <summary>Frames that it failed on; others than it may have skipped do not count.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>Mean of the frames it answered, before any filter; 0 before the first.</summary>
    public double ObjectsPerFrame => Frames is var frames and > 0 ? (double)Interlocked.Read(ref _objects) / frames : 0;

    /// <summary>Mean time of the model alone; zero before the first frame.</summary>
    public TimeSpan MeanInfer => Frames is var frames and > 0 ? TimeSpan.FromTicks(Interlocked.Read(ref _ticks) / frames) : TimeSpan.Zero;

    public void Count(DetectionStatus status, int objects, TimeSpan infer)
    {
        if (status is DetectionStatus.Failed) Interlocked.Increment(ref _failed);
        if (status is not DetectionStatus.Ok) return;
        Interlocked.Add(ref _objects, objects);
        Interlocked.Add(ref _ticks, infer.Ticks);
        Interlocked.Increment(ref _frames);
    }
}
