using EdgeVision.Events;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Delivery;

/// <summary>The outbox of a node that does not run, for field service: it holds the lock, so that none starts meanwhile. One thread.</summary>
public sealed class StoppedOutbox : IDisposable
{
    private const int StepEvents = 1000;
    private readonly OutboxFile _file;
    private readonly OutboxLedger _ledger;

    private StoppedOutbox(OutboxFile file, TimeProvider time)
    {
        _file = file;
        _ledger = new OutboxLedger(file.Writer, new NodeIdentity("", "", "", static () => true), time);
    }

    /// <exception cref="OutboxException">There is none, it is in use, or it cannot be written.</exception>
    public static StoppedOutbox Open(string directory, TimeProvider time, ILogger log)
    {
        OutboxView.Open(directory).Dispose(); // begins none, and judges the version
        var file = OutboxFile.Open(directory, time, log);
        try
        {
            return new StoppedOutbox(file, time);
        }
        catch (Exception e)
        {
            file.Dispose();
            if (e is SqliteException sqlite) throw OutboxTrouble.Opening(file.Path, sqlite);
            throw;
        }
    }

    /// <summary>Deletes events up to a sequence, of one family or all. Those that not every sink has are a loss, of which the node tells when it starts.</summary>
    /// <returns>How many went.</returns>
    public long Purge(long upTo, EventFamily? family)
    {
        var delivered = _ledger.SavedCursors().Values.Select(static c => c.Position).DefaultIfEmpty(0).Min();
        var purged = 0L;
        for (var step = -1; step != 0; purged += step)
        {
            _ledger.Begin();
            step = family is { } one ? _ledger.EvictOldest(one, upTo, delivered, StepEvents) : _ledger.EvictAged(upTo, delivered, StepEvents);
            _ledger.Commit();
        }

        Shrink();
        return purged;
    }

    /// <summary>Deletes all dead letters; returns how many there were.</summary>
    public long PurgeDeadLetters()
    {
        _ledger.Begin();
        var dropped = _ledger.TrimDeadLetters(0, 0);
        _ledger.Commit();
        Shrink();
        return dropped;
    }

    /// <summary>
    /// The sink gets everything from this sequence on again, as far as it is held; nothing changes when it has not come that far yet. Returns its new position;
    /// null for a sink nobody knows.
    /// </summary>
    public long? Replay(string sink, long from)
    {
        if (!_ledger.SavedCursors().TryGetValue(sink, out var saved)) return null;
        var back = Math.Min(saved.Position, Math.Max(from, _ledger.Oldest) - 1);
        _ledger.Begin();
        _ledger.SaveCursor(sink, back);
        _ledger.Commit();
        return back;
    }

    public void Dispose()
    {
        _ledger.Dispose();
        _file.Dispose();
    }

    private void Shrink()
    {
        while (_ledger.Vacuum(keep: 0))
        {
        }
    }
}
