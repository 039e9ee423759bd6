namespace EdgeVision.Frames;

/// <summary>What a camera's driver lost or spoiled before anybody here saw it. Written by the source, read by anyone; outlives restarts.</summary>
public sealed class CaptureCounters
{
    private long _missed;
    private long _corrupted;
    private long _copied;

    /// <summary>Frames that never arrived: gaps in the camera's own count.</summary>
    public long Missed => Volatile.Read(ref _missed);

    /// <summary>Frames that arrived damaged or too short and were left out.</summary>
    public long Corrupted => Volatile.Read(ref _corrupted);

    /// <summary>Frames that were copied out of the driver's buffer because too many others were still in use: not lost, only dearer.</summary>
    public long Copied => Volatile.Read(ref _copied);

    public void CountMissed(long frames) => Interlocked.Add(ref _missed, frames);

    public void CountCorrupted() => Interlocked.Increment(ref _corrupted);

    public void CountCopied() => Interlocked.Increment(ref _copied);
}
