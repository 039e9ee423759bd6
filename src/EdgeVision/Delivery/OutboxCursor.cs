using System.Globalization;

namespace EdgeVision.Delivery;

/// <summary>
/// How far one sink has come: a position that moves with what happens now, and ranges below it that wait to be filled in, because live
/// events went first or somebody asked for a replay. Both are kept on disk a little late (within 250 ms), so after a crash a few events come
/// again: at-least-once. One reader at a time; <see cref="Replay"/> from any thread.
/// </summary>
public sealed class OutboxCursor
{
    private readonly Lock _gate = new();
    private readonly Outbox _outbox;
    private readonly SequenceRanges _behind;
    private long _live;
    private bool _isDamaged; // the reader's own
    private long _behindFrom; // the reader's own: where its batch of what is behind begins

    /// <param name="outbox">Whose events.</param>
    /// <param name="reader">Its own, closed by the outbox.</param>
    /// <param name="sink">Name.</param>
    /// <param name="position">Where to begin when <paramref name="saved"/> says nothing else; at most <paramref name="last"/>.</param>
    /// <param name="saved">From disk; null for a sink never seen.</param>
    /// <param name="oldest">Of the events held.</param>
    /// <param name="last">Of the events held.</param>
    internal OutboxCursor(Outbox outbox, OutboxReader reader, string sink, long position, SavedCursor? saved, long oldest, long last)
    {
        (_outbox, Reader, Sink) = (outbox, reader, sink);
        (_live, _behind) = Restore(saved, last) ?? (position, new SequenceRanges());
        _behind.Remove(1, oldest - 1);
        _live = Math.Max(_live, oldest - 1);
        OnDisk = saved ?? new SavedCursor(-1, "");
    }

    public string Sink { get; }

    /// <summary>Everything up to and including is delivered, as far as it was held. A replay takes it back.</summary>
    public long Position
    {
        get
        {
            lock (_gate) return Floor();
        }
    }

    /// <summary>Everything beyond is yet to be delivered for the first time.</summary>
    public long Live
    {
        get
        {
            lock (_gate) return _live;
        }
    }

    /// <summary>How many up to <see cref="Live"/> wait to be filled in or sent again.</summary>
    public long Behind
    {
        get
        {
            lock (_gate) return _behind.Count;
        }
    }

    /// <summary>The last read met damage: there is no sense in another one before something is committed, to a new file. The reader's own.</summary>
    internal bool IsDamaged => _isDamaged;

    /// <summary>All that this sink is to get.</summary>
    public long Depth
    {
        get
        {
            lock (_gate) return Math.Max(0, _outbox.LastSequence - _live) + _behind.Count;
        }
    }

    /// <summary>What would be saved now.</summary>
    internal SavedCursor Now
    {
        get
        {
            lock (_gate) return new SavedCursor(Floor(), _behind.IsEmpty ? "" : string.Create(CultureInfo.InvariantCulture, $"{_live}:{_behind}"));
        }
    }

    /// <summary>Position on disk, -1 before the first time; the writer's own.</summary>
    internal long Saved => OnDisk.Position;

    /// <summary>Closed with the outbox, or when the sink is removed.</summary>
    internal OutboxReader Reader { get; }

    private SavedCursor OnDisk { get; set; }

    /// <summary>Waits for events beyond <see cref="Live"/> and returns the next, oldest first, at least one. They come again until <see cref="Advance"/>.</summary>
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

    /// <summary>The same without waiting: empty when there is nothing beyond <see cref="Live"/>.</summary>
    public IReadOnlyList<OutboxEntry> Read(int maxEvents, int maxBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxEvents, 1);
        _outbox.ThrowIfClosed();
        var last = _outbox.LastSequence;
        var live = Live;
        if (last <= live) return [];
        // Damage moves nothing: what this sink did not get is counted by its position when the file is put aside.
        if (Read(live, last, maxEvents, maxBytes) is not { } batch) return [];
        // Numbers without events: they were evicted. There is nothing to deliver up to here.
        if (batch.Count == 0) Advance(last);
        return batch;
    }

    /// <summary>Of what is behind the oldest; empty when nothing is. They come again until <see cref="AdvanceBehind"/>.</summary>
    public IReadOnlyList<OutboxEntry> ReadBehind(int maxEvents, int maxBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxEvents, 1);
        _outbox.ThrowIfClosed();
        while (true)
        {
            (long From, long To) range;
            lock (_gate)
            {
                if (_behind.IsEmpty) return [];
                range = _behind.First;
            }

            _behindFrom = range.From;
            if (Read(range.From - 1, range.To, maxEvents, maxBytes) is not { } batch) return [];
            if (batch.Count > 0) return batch;
            AdvanceBehind(range.To); // evicted meanwhile
        }
    }

    /// <summary>Everything up to <paramref name="sequence"/> is delivered, but for what is behind. Never goes back.</summary>
    public void Advance(long sequence)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sequence, _outbox.LastSequence);
        lock (_gate)
        {
            if (sequence <= _live) return;
            _live = sequence;
        }

        _outbox.CursorMoved();
    }

    /// <summary>What <see cref="ReadBehind"/> read last is delivered up to <paramref name="sequence"/>.</summary>
    public void AdvanceBehind(long sequence)
    {
        lock (_gate) _behind.Remove(_behindFrom, sequence);
        _behindFrom = sequence + 1;
        _outbox.CursorMoved();
    }

    /// <summary>Nothing that waits now goes before what happens from now on; it is behind.</summary>
    public void LeaveBehind()
    {
        lock (_gate)
        {
            var last = _outbox.LastSequence;
            _behind.Add(_live + 1, last);
            _live = Math.Max(_live, last);
        }

        _outbox.CursorMoved();
    }

    /// <summary>
    /// What is still held of the events from <paramref name="from"/> to <paramref name="to"/> goes to this sink again, beside live ones and
    /// with the same ids. Returns how many are held, those included that are on their way for the first time; none is no error.
    /// </summary>
    /// <exception cref="OutboxException">The file is damaged or gone.</exception>
    public long Replay(long from, long to)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(from, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(to, from);
        _outbox.ThrowIfClosed();
        var status = _outbox.Status;
        (from, to) = (Math.Max(from, status.OldestSequence), Math.Min(to, status.LastSequence));
        if (to < from) return 0;
        // First asked for, then counted: what is asked for is deleted no more.
        lock (_gate) _behind.Add(from, Math.Min(to, _live));
        _outbox.CursorMoved();
        _outbox.Committed.Raise();
        return Reader.CountOf(from, to);
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

    /// <summary><see cref="RejectAsync"/> for an event of <see cref="ReadBehind"/>.</summary>
    public async ValueTask RejectBehindAsync(OutboxEntry entry, string reason, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(entry);
        await _outbox.RejectAsync(this, entry, reason, stopping).ConfigureAwait(false);
        AdvanceBehind(entry.Sequence);
    }

    /// <summary>
    /// Writes what has changed, and tells what that is: it counts with <see cref="Settle"/>, after the commit. The position on disk is the
    /// lowest there is, so that without the note nothing is lost, only sent again.
    /// </summary>
    internal SavedCursor Save(OutboxLedger ledger)
    {
        var now = Now;
        if (now.Position != OnDisk.Position) ledger.SaveCursor(Sink, now.Position);
        if (now.Note != OnDisk.Note) ledger.SaveCursorNote(Sink, now.Note);
        return now;
    }

    internal void Settle(SavedCursor saved) => OnDisk = saved;

    private List<OutboxEntry>? Read(long after, long last, int maxEvents, int maxBytes)
    {
        var batch = Reader.Between(after, last, maxEvents, maxBytes);
        _isDamaged = batch is null;
        return batch;
    }

    private static (long Live, SequenceRanges Behind)? Restore(SavedCursor? saved, long last)
    {
        if (saved is not (var position, var note) || note.IndexOf(':', StringComparison.Ordinal) is not (>= 0 and var colon)) return null;
        if (!long.TryParse(note.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var live) || live > last) return null;
        var behind = SequenceRanges.Parse(note.AsSpan(colon + 1));
        // Somebody has set the cursor by hand, or an older version has moved it: then the cursor is right.
        if (behind is null || behind.IsEmpty || behind.First.From != position + 1) return null;
        behind.Remove(live + 1, long.MaxValue - 1);
        return behind.IsEmpty ? null : (live, behind);
    }

    private long Floor() => _behind.IsEmpty ? _live : _behind.First.From - 1;
}
