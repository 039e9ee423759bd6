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
            if (!moved && !(appends && _batch.Count > 0) && DeletableUpTo() < _ledger.Oldest) return;
            var begun = _time.GetTimestamp(); // a slow commit counts towards the time that the next one gathers company
            _ledger.Begin();
            if (appends) WriteBatch();
            var saved = SaveCursors();
            var oldest = _ledger.DeleteUpTo(DeletableUpTo(saved), DeleteChunk);
            _ledger.Commit(oldest);
            Settle(appends, begun, saved);
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
    private (long Position, string Note)[] SaveCursors()
    {
        var saved = new (long, string)[_cursors.Length];
        for (var i = 0; i < _cursors.Length; i++) saved[i] = _cursors[i].Save(_ledger);
        return saved;
    }

    /// <summary>The last event that every sink has.</summary>
    private long DeletableUpTo((long Position, string Note)[]? saved = null)
    {
        if (_cursors.Length == 0) return 0; // nobody has anything yet
        var least = long.MaxValue;
        for (var i = 0; i < _cursors.Length; i++) least = Math.Min(least, saved is null ? _cursors[i].Saved : saved[i].Position);
        return least;
    }

    private void Settle(bool appends, long begun, (long Position, string Note)[] saved)
    {
        for (var i = 0; i < saved.Length; i++) _cursors[i].Settle(saved[i]);
        _movedSince = null;
        _mayVacuum |= _ledger.Oldest != OldestSequence && DeletableUpTo() < _ledger.Oldest;
        Volatile.Write(ref _oldestSequence, _ledger.Oldest);
        Volatile.Write(ref _lastSequence, _ledger.LastSequence);
        if (!appends || _batch.Count == 0) return;
        _lastAppend = begun;
        foreach (var request in _batch) request.Complete();
        _batch.Clear();
        _committed.Raise();
    }

    private void Maintain()
    {
        if (_mayVacuum && _batch.Count == 0) _mayVacuum = _ledger.Vacuum();
        _log.Refresh();
        if (_log.Exists && _log.Length > LongLogBytes) _ledger.Checkpoint();
    }
}
