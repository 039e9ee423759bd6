namespace EdgeVision.Delivery;

/// <summary>A look at the outbox, cheap enough for a live table: nothing is read from disk.</summary>
/// <param name="LastSequence">Of the newest event on disk; 0 before the first ever.</param>
/// <param name="FirstSequence">That the first event of this process has, or will have.</param>
/// <param name="OldestSequence">Of the oldest event still held; one past <paramref name="LastSequence"/> when none is.</param>
/// <param name="Writable">False while the disk refuses what is appended; events then wait in memory and their cameras drop frames.</param>
/// <param name="WriteFailures">Writes that the disk has refused since the start, repeated ones too.</param>
/// <param name="IsOver">Nothing is written any more: closed, or the writer met a bug.</param>
public readonly record struct OutboxStatus(long LastSequence, long FirstSequence, long OldestSequence, bool Writable, long WriteFailures, bool IsOver)
{
    /// <summary>What lies there.</summary>
    public required OutboxHoldings Holdings { get; init; }

    /// <summary>Events of this process on disk, delivered or not.</summary>
    public long Appended => LastSequence - FirstSequence + 1;
}
