using System.Globalization;

namespace EdgeVision.Delivery;

/// <summary>
/// What a sink gets next: what happens now, or a piece of what is behind, by <see cref="DeliveryOptions"/>. The delivery loop's own; it
/// neither sends nor waits.
/// </summary>
internal sealed class DeliveryTurns
{
    /// <summary>Without a limit in numbers a backlog gets at least every fifth batch: live events are never starved by it, nor it by them.</summary>
    private const int MostLiveInARow = 4;

    private readonly Outbox _outbox;
    private readonly OutboxCursor _cursor;
    private readonly DeliveryOptions _options;
    private readonly BacklogPace _pace;
    private long _edge;
    private int _liveInARow;

    public DeliveryTurns(Outbox outbox, OutboxCursor cursor, DeliveryOptions options, TimeProvider time)
    {
        (_outbox, _cursor, _options) = (outbox, cursor, options);
        _pace = new BacklogPace(options.BacklogPerSecond, outbox.Options.BatchSize, time);
    }

    /// <summary>The options, for people.</summary>
    public string Words => (_options.Order == DeliveryOrder.LiveFirst ? "live ones first" : "oldest first")
        + (_options.BacklogPerSecond > 0 ? string.Create(CultureInfo.InvariantCulture, $" and at most {_options.BacklogPerSecond} of them a second") : "");

    /// <summary>How long until <see cref="Next"/>, empty now, returns something though nothing is appended; null when it never does.</summary>
    public TimeSpan? Wait => _cursor.IsDamaged ? null : _cursor.Behind > 0 || (IsOld && _outbox.LastSequence > _cursor.Live) ? _pace.Wait : null;

    /// <summary>How long until something behind may go; null when nothing is.</summary>
    public TimeSpan? BehindWait => _cursor.Behind > 0 && !_cursor.IsDamaged ? _pace.Wait : null;

    /// <summary>What the live stream gets next is older than the last outage's end, and there is a limit to that.</summary>
    private bool IsOld => _options.BacklogPerSecond > 0 && _cursor.Live < _edge;

    /// <summary>The sink is there, for the first time or again: what waits for it now is a backlog when it is more than a batch. Returns how many, 0 when they go like any other.</summary>
    public long NoteBacklog()
    {
        var waiting = _outbox.LastSequence - _cursor.Live;
        if (waiting <= _outbox.Options.BatchSize) return 0;
        if (_options.Order == DeliveryOrder.LiveFirst) _cursor.LeaveBehind();
        else if (_options.BacklogPerSecond > 0) _edge = _outbox.LastSequence;
        else return 0;
        return waiting;
    }

    /// <summary>Empty when nothing may go now.</summary>
    public DeliveryBatch Next()
    {
        var isBehindsTurn = _options.BacklogPerSecond > 0 || _liveInARow >= MostLiveInARow;
        if (isBehindsTurn && Behind() is { Entries.Count: > 0 } turn) return turn;
        var live = Live();
        return live.Entries.Count > 0 || isBehindsTurn ? live : Behind();
    }

    /// <summary>So many of <paramref name="batch"/> were taken.</summary>
    public void Count(DeliveryBatch batch, int taken)
    {
        _liveInARow = batch.IsBehind ? 0 : _liveInARow + 1;
        if (batch.IsBehind || batch.IsOld) _pace.Take(taken);
    }

    /// <summary>Live events would rather wait: what is behind may go meanwhile.</summary>
    public void Yield() => _liveInARow = MostLiveInARow;

    private DeliveryBatch Live()
    {
        var max = _outbox.Options.BatchSize;
        var isOld = IsOld;
        if (isOld) max = Math.Min(max, _pace.Allowed);
        return new DeliveryBatch(max == 0 ? [] : _cursor.Read(max, _outbox.Options.BatchBytes), IsBehind: false, isOld);
    }

    private DeliveryBatch Behind()
    {
        var allowed = _cursor.Behind == 0 ? 0 : _pace.Allowed;
        return new DeliveryBatch(allowed == 0 ? [] : _cursor.ReadBehind(allowed, _outbox.Options.BatchBytes), IsBehind: true, IsOld: true);
    }
}
