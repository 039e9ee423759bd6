using System.Globalization;
using EdgeVision.Events;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Delivery;

/// <content>A file that turns out to be damaged while the node runs: it is put aside, a new one goes on with the same numbers.</content>
internal sealed partial class OutboxWriter
{
    /// <summary>A disk that damages every file is no better with another one.</summary>
    private static readonly TimeSpan ReplaceEvery = TimeSpan.FromMinutes(1);

    private int _suspect; // generation of the file + 1, as far as somebody met damage in it
    private long? _replacedAt;
    private OutboxSalvage? _salvage; // set while the old file is given up and the new one is not there

    /// <summary>Somebody met damage in the file of this generation.</summary>
    public void Suspect(int generation)
    {
        Volatile.Write(ref _suspect, generation + 1);
        _wake.Set();
    }

    private bool IsSuspect() => _salvage is not null || Volatile.Read(ref _suspect) == _file.Generation + 1;

    /// <summary>False when it is too early for another new file.</summary>
    private bool Repair()
    {
        if (_salvage is null)
        {
            if (_replacedAt is { } at && Remaining(at, ReplaceEvery) is var wait && wait > TimeSpan.Zero)
            {
                Failed(new OutboxDamageException());
                (_retryFrom, _retryIn) = (_time.GetTimestamp(), wait);
                return false;
            }

            _salvage = _ledger.Salvage(Volatile.Read(ref _cursors));
            _ledger.Dispose();
        }

        _file.Replace(_salvage);
        var next = new OutboxLedger(_file.Writer, _node, _time);
        next.Evicted.Take(_ledger.Evicted);
        _ledger = next;
        TellReplaced(_salvage, _file.Replaced!.Value.MovedTo);
        (_salvage, _replacedAt) = (null, _time.GetTimestamp());
        // What they were to read is gone.
        foreach (var cursor in Volatile.Read(ref _cursors)) cursor.Advance(_ledger.LastSequence);
        return true;
    }

    /// <summary>The first event of the new file.</summary>
    private void TellReplaced(OutboxSalvage salvage, string movedTo)
    {
        var loss = salvage.MayBeLost;
        Replaced(_logger, _path, movedTo, loss.Count, loss.To);
        _batch.Insert(0, new WriteRequest([OutboxNews.Replaced(loss, movedTo, _time.GetUtcNow())], null));
    }

    [LoggerMessage(EventIds.OutboxReplaced, LogLevel.Error,
        "Outbox {Path} was damaged. It is kept as {MovedTo}, with at least {Count} events that not every sink had, and a new one goes on after sequence {Last}. Look at the disk: the card may be worn out.")]
    private static partial void Replaced(ILogger logger, string path, string movedTo, long count, long last);
}
