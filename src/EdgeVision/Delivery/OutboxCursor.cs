namespace EdgeVision.Delivery;

/// <summary>
/// How far one sink has come. The position is kept on disk a little late (within 250 ms), so after a crash a few events come again:
/// at-least-once. One reader at a time.
/// </summary>
public sealed class OutboxCursor
{
    private readonly Outbox _outbox;
    private long _position;

    internal OutboxCursor(Outbox outbox, OutboxReader reader, string sink, long position, long? saved) =>
        (_outbox, Reader, Sink, _position, Saved) = (outbox, reader, sink, position, saved ?? -1);

    public string Sink { get; }

    /// <summary>Delivered up to and including.</summary>
    public long Position => Volatile.Read(ref _position);

    /// <summary>On disk, -1 before the first time; the writer's own.</summary>
    internal long Saved { get; set; }

    /// <summary>Closed with the outbox, or when the sink is removed.</summary>
    internal OutboxReader Reader { get; }

    /// <summary>Waits for events beyond the position and returns the next, oldest first, at least one. They come again until <see cref="Advance"/>.</summary>
    /// <param name="maxEvents">At least 1.</param>
    /// <param name="maxBytes">Of bodies; a single larger event comes alone.</param>
    /// <param name="stopping">Ends the waiting.</param>
    /// <exception cref="OutboxException">The file is damaged or gone.</exception>
    public async ValueTask<IReadOnlyList<OutboxEntry>> ReadAsync(int maxEvents, int maxBytes, CancellationToken stopping)
    {
        while (true)
        {
            stopping.ThrowIfCancellationRequested();
            var committed = _outbox.Committed.Next;
            var batch = Read(maxEvents, maxBytes);
            if (batch.Count > 0) return batch;
            await committed.WaitAsync(stopping).ConfigureAwait(false);
        }
    }

    /// <summary>The same without waiting: empty when there is nothing beyond the position.</summary>
    public IReadOnlyList<OutboxEntry> Read(int maxEvents, int maxBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxEvents, 1);
        _outbox.ThrowIfClosed();
        var last = _outbox.LastSequence;
        var position = Position;
        if (last <= position) return [];
        var batch = Reader.Between(position, last, maxEvents, maxBytes);
        // Numbers without events: they were evicted. There is nothing to deliver up to here.
        if (batch.Count == 0) Advance(last);
        return batch;
    }

    /// <summary>Everything up to <paramref name="sequence"/> is delivered. Never goes back.</summary>
    public void Advance(long sequence)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sequence, _outbox.LastSequence);
        if (sequence <= Position) return;
        Volatile.Write(ref _position, sequence);
        _outbox.CursorMoved();
    }

    /// <summary>
    /// The sink will never take this event: it goes to the dead letters, and once it is there for good the position passes it.
    /// </summary>
    public async ValueTask RejectAsync(OutboxEntry entry, string reason, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(entry);
        await _outbox.RejectAsync(this, entry, reason, stopping).ConfigureAwait(false);
        Advance(entry.Sequence);
    }
}
