using System.Globalization;
using EdgeVision.Events;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Delivery;

/// <content>The quota: what goes when, in steps so that an append never waits long, and the events that say so.</content>
internal sealed partial class OutboxWriter
{
    /// <summary>Below this the outbox does not shrink for others' sake: it could hold nothing at all.</summary>
    private const long LeastBytes = 4 << 20;

    /// <summary>Room inside the file that a full disk must leave: with it, appends need no more of the disk.</summary>
    private const long RoomOnFullDisk = 256 << 10;

    /// <summary>Between two events that tell of losses of the same family, and between two marks of age.</summary>
    private static readonly TimeSpan TellEvery = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LookAtDiskEvery = TimeSpan.FromSeconds(1);

    private readonly Dictionary<EventFamily, long> _toldAt = [];
    private readonly FamilyCounts _lostInMemory = new();
    private long _looked;
    private bool _hasMarked;
    private long? _lookedAtDisk;
    private long? _frozenBytes;
    private bool _diskIsFull;
    private long _lettersDropped;

    /// <summary>Cheap, for any thread.</summary>
    public long HeldEvents => _ledger.HeldEvents;

    public OutboxHoldings Holdings => new(
        _ledger.HeldEvents, _ledger.UsedBytes, _ledger.Held.ToDictionary(), _ledger.Evicted.ToDictionary(), Volatile.Read(ref _inMemory), _ledger.Letters.Count,
        Volatile.Read(ref _lettersDropped), OldestAge());

    private TimeSpan? OldestAge()
    {
        try
        {
            return _ledger.OldestAge;
        }
        catch (InvalidOperationException)
        {
            return null; // the writer put down a mark in this moment
        }
    }

    /// <summary>Something to do apart from appends and cursors.</summary>
    private bool HasChores()
    {
        var delivered = SavedByAll();
        return DeliveredToGo(delivered) >= _ledger.Oldest || AgedUpTo() >= _ledger.Oldest || (Excess() > 0 && MayEvict()) || MarkIsDue() || LossIsDue();
    }

    private long AgedUpTo() => _ledger.HeldEvents == 0 ? 0 : _ledger.AgedUpTo(_quota.MaxAge);

    private bool MarkIsDue() => _ledger.LastSequence > _ledger.LastMark && _time.GetElapsedTime(_looked) >= TellEvery;

    private bool LossIsDue() => _lostInMemory.Total > 0 || _ledger.Losses.Keys.Any(IsTellable);

    private bool IsTellable(EventFamily family) => !_toldAt.TryGetValue(family, out var at) || _time.GetElapsedTime(at) >= TellEvery;

    /// <summary>Sequence up to which events that every sink has are to go.</summary>
    private long DeliveredToGo(long delivered) => delivered > 0 && _ledger.HeldEvents > 0 && IsPressed() ? delivered : DeliveredLongAgo(delivered);

    private long DeliveredLongAgo(long delivered) =>
        delivered == 0 || _quota.KeepDelivered == TimeSpan.Zero ? delivered : Math.Min(delivered, _ledger.AgedUpTo(_quota.KeepDelivered));

    private bool IsPressed() => Excess() > 0 || DiskIsLow() || _diskIsFull;

    /// <summary>Events that are too many, as far as their mean size tells.</summary>
    private long Excess()
    {
        var held = _ledger.HeldEvents;
        if (held == 0) return 0;
        var limit = DiskIsLow() ? Math.Min(_quota.MaxBytes, Math.Max(LeastBytes, _frozenBytes!.Value)) : _quota.MaxBytes;
        var bytes = _ledger.UsedBytes - limit;
        if (_diskIsFull) bytes = Math.Max(bytes, RoomOnFullDisk - _ledger.FreeBytes);
        var byBytes = bytes <= 0 ? 0 : (bytes / Math.Max(1, _ledger.UsedBytes / held)) + 1;
        return Math.Max(byBytes, held - _quota.MaxEvents);
    }

    /// <summary>On a full disk nothing goes as long as memory holds what comes, and nothing for what is worth less.</summary>
    private bool MayEvict()
    {
        if (!_diskIsFull) return true;
        if (Volatile.Read(ref _inMemory) < MemoryEvents / 2 && _time.GetElapsedTime(_failingSince) < MemoryPatience) return false;
        var waiting = _batch.SelectMany(r => r.Events).Select(e => (EventFamily?)e.Family).Min();
        return waiting is not null && _ledger.Held.Lowest <= waiting;
    }

    private bool DiskIsLow()
    {
        if (_quota.MinFreeBytes == 0) return false;
        if (_lookedAtDisk is not { } at || _time.GetElapsedTime(at) >= LookAtDiskEvery)
        {
            _lookedAtDisk = _time.GetTimestamp();
            var isLow = _file.FreeBytes() < _quota.MinFreeBytes;
            _frozenBytes = isLow ? _frozenBytes ?? _ledger.UsedBytes : null;
        }

        return _frozenBytes is not null;
    }

    /// <summary>Within a transaction, one step of each kind. Returns the losses that events of this transaction tell of.</summary>
    private List<EventLoss> MakeRoomInFile(long delivered)
    {
        var excess = Excess();
        // Twice what came in, so that the limit is reached again however fast events come.
        var limit = (int)Math.Max(DeleteChunk, 2 * _batch.Sum(r => (long)r.Events.Count));
        var gone = 0;
        if (DeliveredLongAgo(delivered) is var old && old >= _ledger.Oldest) gone = _ledger.DeleteDelivered(old, limit);
        else if (IsPressed() && delivered >= _ledger.Oldest) gone = _ledger.DeleteDelivered(delivered, excess > 0 ? (int)Math.Min(limit, excess) : limit);
        if (AgedUpTo() is var aged && aged >= _ledger.Oldest) gone += _ledger.EvictAged(aged, delivered, limit);
        if (excess > gone && MayEvict())
        {
            // A family may end within the step; the next one goes with the next step.
            if (_ledger.Held.Lowest is { } lowest) _ledger.EvictOldest(lowest, long.MaxValue, delivered, (int)Math.Min(limit, excess - gone));
        }

        if (!_hasMarked || MarkIsDue())
        {
            _ledger.MarkAge();
            (_looked, _hasMarked) = (_time.GetTimestamp(), true);
        }

        var dropped = _ledger.TrimDeadLetters(_quota.MaxDeadLetters, Math.Min(_quota.DeadLetterBytes, _quota.MaxBytes / 4));
        if (dropped > 0)
        {
            if (_lettersDropped == 0) LettersDropped(_logger, _path, dropped);
            Volatile.Write(ref _lettersDropped, _lettersDropped + dropped);
        }

        return TellLosses();
    }

    private List<EventLoss> TellLosses()
    {
        foreach (var family in FamilyCounts.Families)
        {
            if (_lostInMemory.Of(family) is var count and > 0) _ledger.AddLoss(new EventLoss(count, 0, 0, family));
        }

        var told = new List<EventLoss>();
        foreach (var loss in _ledger.Losses.Values.ToList())
        {
            if (!IsTellable(loss.Family!.Value)) continue;
            told.Add(loss);
            _ledger.ForgetLoss(loss.Family.Value);
            _ledger.Append([OutboxNews.Evicted(loss, _time.GetUtcNow())]);
        }

        return told;
    }

    /// <summary>Committed.</summary>
    private void Told(List<EventLoss> told)
    {
        _lostInMemory.Clear();
        foreach (var loss in told)
        {
            _toldAt[loss.Family!.Value] = _time.GetTimestamp();
            Evicted(_logger, _path, loss.Count, VisionEventJson.WordOf(loss.Family.Value), loss.From, loss.To);
        }
    }

    [LoggerMessage(EventIds.EventsEvicted, LogLevel.Warning,
        "Outbox {Path} gave up {Count} events of family {Family} that not every sink had, of sequence {From} to {To}. A sink is away for too long, or Outbox:MaxBytes, MaxEvents or MaxAgeHours is too small.")]
    private static partial void Evicted(ILogger logger, string path, long count, string family, long from, long to);

    [LoggerMessage(EventIds.DeadLettersDropped, LogLevel.Warning,
        "Outbox {Path} keeps the newest dead letters only and dropped {Count}; there may be more to come. See why the sink refuses, or raise Outbox:MaxDeadLetters.")]
    private static partial void LettersDropped(ILogger logger, string path, long count);
}
