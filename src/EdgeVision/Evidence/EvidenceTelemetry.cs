namespace EdgeVision.Evidence;

/// <summary>What becomes of the pictures of events, as numbers. Any thread.</summary>
public sealed class EvidenceTelemetry
{
    private long _kept, _notKept, _sent, _refused, _lost, _waiting;

    /// <summary>On disk since the start.</summary>
    public long Kept => Interlocked.Read(ref _kept);

    /// <summary>Wanted, and not made or not written: the event went without.</summary>
    public long NotKept => Interlocked.Read(ref _notKept);

    /// <summary>In their container since the start.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>Not taken for good; they stay on disk.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Gone by retention before they were sent.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    /// <summary>On disk, yet to be sent.</summary>
    public long Waiting => Math.Max(0, Interlocked.Read(ref _waiting));

    /// <param name="isSent">It is to be sent, too.</param>
    public void CountKept(bool isSent)
    {
        Interlocked.Increment(ref _kept);
        if (isSent) Interlocked.Increment(ref _waiting);
    }

    public void CountNotKept() => Interlocked.Increment(ref _notKept);

    public void CountSent() => Interlocked.Increment(ref _sent);

    public void CountRefused() => Interlocked.Increment(ref _refused);

    public void CountLost() => Interlocked.Increment(ref _lost);

    /// <summary>As the disk has it; what is kept meanwhile adds to it.</summary>
    public void Waits(long pictures) => Interlocked.Exchange(ref _waiting, pictures);
}
