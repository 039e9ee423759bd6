using Microsoft.Data.Sqlite;

namespace EdgeVision.Delivery;

/// <content>What goes into a transaction, and what follows from its commit.</content>
internal sealed partial class OutboxWriter
{
    /// <summary>One transaction.</summary>
    private void Keep(bool appends)
    {
        var moved = Interlocked.Exchange(ref _cursorsMoved, 0) != 0 || _movedSince is not null;
        try
        {
            appends &= _batch.Count > 0;
            if (!moved && !appends && !HasChores()) return;
            var begun = _time.GetTimestamp(); // a slow commit counts towards the time that the next one gathers company
            var (removed, cursors) = (Volatile.Read(ref _removed), Volatile.Read(ref _cursors));
            _ledger.Begin();
            if (appends) WriteBatch();
            SaveCursors(removed); // first: one of them may have come back, and its new position stands
            var saved = SaveCursors(cursors);
            var told = MakeRoomInFile(saved.Length == 0 ? 0 : saved.Min(s => s.Position));
            _ledger.Commit();
            for (var i = 0; i < saved.Length; i++) cursors[i].Settle(saved[i]);
            Forget(removed);
            Told(told);
            Settle(appends, begun);
        }
        catch
        {
            if (moved) Volatile.Write(ref _cursorsMoved, 1);
            throw;
        }
    }

    private void WriteBatch()
    {
        for (var i = 0; i < _batch.Count; i++)
        {
            var request = _batch[i];
            try
            {
                if (request.DeadLetter is { } letter)
                {
                    _ledger.Reject(letter);
                    request.Sequence = letter.Entry.Sequence;
                }
                else
                {
                    request.Sequence = _ledger.Append(request.Events);
                }
            }
#pragma warning disable CA1031 // An event that cannot be written is a bug of whoever made it, and goes back to him; the others go on.
            catch (Exception e) when (e is not SqliteException)
#pragma warning restore CA1031
            {
                request.Fail(e);
                _batch.RemoveAt(i--);
            }
        }
    }

    /// <summary>Positions as written, by cursor.</summary>
    private SavedCursor[] SaveCursors(OutboxCursor[] cursors)
    {
        var saved = new SavedCursor[cursors.Length];
        for (var i = 0; i < cursors.Length; i++) saved[i] = cursors[i].Save(_ledger);
        return saved;
    }

    private void Forget(OutboxCursor[] removed)
    {
        if (removed.Length == 0) return;
        lock (_sinks) Volatile.Write(ref _removed, [.. _removed.Except(removed)]);
    }

    /// <summary>The last event that every sink has, as far as the disk knows; 0 while nobody is there to have anything.</summary>
    private long SavedByAll()
    {
        var cursors = Volatile.Read(ref _cursors);
        if (cursors.Length == 0) return 0;
        var least = long.MaxValue;
        for (var i = 0; i < cursors.Length; i++) least = Math.Min(least, cursors[i].Saved);
        return least;
    }

    private void Settle(bool appends, long begun)
    {
        _movedSince = null;
        _mayVacuum |= _ledger.Oldest != OldestSequence;
        var isNew = _ledger.LastSequence != LastSequence; // also when it only tells of a loss
        Volatile.Write(ref _oldestSequence, _ledger.Oldest);
        Volatile.Write(ref _lastSequence, _ledger.LastSequence);
        _file.Note.Passed(_ledger.LastSequence);
        if (appends)
        {
            _lastAppend = begun;
            foreach (var request in _batch) request.Complete();
            _batch.Clear();
        }

        if (isNew) _committed.Raise();
    }

    private void Maintain()
    {
        if (_mayVacuum && _batch.Count == 0) _mayVacuum = _ledger.Vacuum(DiskIsLow() ? 0 : OutboxLedger.KeptFreePages);
        _log.Refresh();
        if (_log.Exists && _log.Length > LongLogBytes) _ledger.Checkpoint();
    }
}
