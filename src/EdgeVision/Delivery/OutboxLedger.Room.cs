using EdgeVision.Events;
using Microsoft.Data.Sqlite;

namespace EdgeVision.Delivery;

/// <content>What lies in the file and what goes: counts by family, ages, losses not told yet. Moves and moves back with the transaction.</content>
internal sealed partial class OutboxLedger
{
    private readonly Room _room;
    private readonly FamilyCounts _held = new();
    private readonly FamilyCounts _appended = new(); // by the current transaction; what it deletes counts below 0
    private readonly FamilyCounts _lost = new(); // by the current transaction
    private readonly OutboxAges _ages = new();
    private readonly Dictionary<EventFamily, EventLoss> _losses = [];
    private (long Sequence, long Held)? _mark;
    private (long Count, long Bytes) _letters;
    private (long Count, long Bytes) _lettersBefore;
    private long _pages;
    private long _freePages;
    private long _pageSize;
    private bool _deleted;
    private bool _lossesMoved;

    /// <summary>Of the oldest event held; one past the last when none is.</summary>
    public long Oldest { get; private set; }

    public HeldClock Clock { get; }

    /// <summary>On disk; readable by any thread.</summary>
    public FamilyCounts Held => _held;

    /// <summary>Since the start: lost before every sink had them. Readable by any thread.</summary>
    public FamilyCounts Evicted { get; } = new();

    public long HeldEvents => _held.Total;

    /// <summary>As of the last commit.</summary>
    public long UsedBytes => (_pages - _freePages) * _pageSize;

    public long FileBytes => _pages * _pageSize;

    public long FreeBytes => _freePages * _pageSize;

    public (long Count, long Bytes) Letters => _letters;

    /// <summary>Committed and not told by an event yet.</summary>
    public IReadOnlyDictionary<EventFamily, EventLoss> Losses => _losses;

    /// <summary>Sequence up to which ages are known.</summary>
    public long LastMark => _ages.LastSequence;

    /// <summary>The last sequence that has been held for at least <paramref name="age"/>.</summary>
    public long AgedUpTo(TimeSpan age) => _ages.UpTo(Clock.Now - (long)age.TotalMilliseconds);

    /// <summary>Null when there is no event, or it is younger than a mark.</summary>
    public TimeSpan? OldestAge => HeldEvents > 0 && _ages.HeldSince(Oldest) is { } held ? TimeSpan.FromMilliseconds(Clock.Now - held) : null;

    /// <summary>Within a transaction: everything committed before it is as old as now, at least.</summary>
    public void MarkAge()
    {
        var last = _sequence.Committed;
        if (last <= _ages.LastSequence) return;
        _mark = (last, Clock.Now);
        _room.PruneMarks.Set(1, Oldest).Run();
        _room.Mark.Set(1, last).Set(2, _mark.Value.Held).Set(3, Clock.Wall.UtcTicks).Run();
    }

    /// <summary>Silently: every sink has these. Returns how many went.</summary>
    public int DeleteDelivered(long upTo, int limit) => Delete(_room.DeleteOldest.Set(1, upTo).Set(2, limit), null);

    /// <summary>Whatever its family.</summary>
    public int EvictAged(long upTo, long delivered, int limit) => Delete(_room.DeleteOldest.Set(1, upTo).Set(2, limit), delivered);

    public int EvictOldest(EventFamily family, long upTo, long delivered, int limit) =>
        Delete(_room.DeleteOfFamily.Set(1, (long)family).Set(2, limit).Set(3, upTo), delivered);

    /// <summary>Takes the loss out of the file, for an event to tell of it in the same transaction.</summary>
    public void ForgetLoss(EventFamily family)
    {
        _lossesMoved = true;
        _losses.Remove(family);
        _room.ForgetLoss.Set(1, (long)family).Run();
    }

    public void AddLoss(EventLoss loss)
    {
        _lossesMoved = true;
        var family = loss.Family!.Value;
        _lost.Add(family, loss.Count);
        if (_losses.TryGetValue(family, out var before)) loss = Sum(before, loss);
        _losses[family] = loss;
        _room.SaveLoss.Set(1, (long)family).Set(2, loss.Count).Set(3, loss.From).Set(4, loss.To).Run();
    }

    /// <summary>The oldest dead letters beyond the limits; returns how many went.</summary>
    public long TrimDeadLetters(int maxCount, long maxBytes)
    {
        var dropped = 0L;
        while (_letters.Count > maxCount || (_letters.Bytes > maxBytes && _letters.Count > 1))
        {
            var bytes = _room.DropLetter.RunForNumber();
            _letters = (_letters.Count - 1, _letters.Bytes - bytes);
            dropped++;
        }

        return dropped;
    }

    private static EventLoss Sum(EventLoss a, EventLoss b) => new(
        a.Count + b.Count, a.From == 0 ? b.From : b.From == 0 ? a.From : Math.Min(a.From, b.From), Math.Max(a.To, b.To), a.Family);

    private void CountDeadLetter(int bytes) => _letters = (_letters.Count + 1, _letters.Bytes + bytes);

    /// <summary>Losses are counted above <paramref name="delivered"/>; null for none.</summary>
    private int Delete(SqliteStatement delete, long? delivered)
    {
        var count = 0;
        var lost = new Dictionary<EventFamily, EventLoss>();
        try
        {
            while (delete.Next())
            {
                var (family, sequence) = ((EventFamily)delete.Number(0), delete.Number(1));
                _appended.Add(family, -1);
                count++;
                if (sequence <= (delivered ?? long.MaxValue)) continue;
                var one = new EventLoss(1, sequence, sequence, family);
                lost[family] = lost.TryGetValue(family, out var before) ? Sum(before, one) : one;
            }
        }
        finally
        {
            delete.Reset();
        }

        _deleted |= count > 0;
        foreach (var loss in lost.Values) AddLoss(loss);
        return count;
    }

    private HeldClock LoadRoom(TimeProvider time)
    {
        Oldest = _room.Oldest.RunForNumber();
        if (Oldest == 0) Oldest = _sequence.Next + 1;
        foreach (var (family, count) in Rows("SELECT family, count(*), 0, 0 FROM event GROUP BY family").Select(r => ((EventFamily)r[0], r[1]))) _held.Add(family, count);
        var (held, wall) = (0L, (DateTimeOffset?)null);
        foreach (var row in Rows("SELECT sequence, held, wall, 0 FROM age ORDER BY sequence"))
        {
            _ages.Add(row[0], row[1]);
            (held, wall) = (Math.Max(held, row[1]), new DateTimeOffset(row[2], TimeSpan.Zero));
        }

        LoadLosses();
        _letters = (OutboxFile.Number(_connection, "SELECT count(*) FROM deadletter"), OutboxFile.Number(_connection, "SELECT ifnull(sum(length(body)), 0) FROM deadletter"));
        _pageSize = OutboxFile.Number(_connection, "PRAGMA page_size");
        _lettersBefore = _letters;
        LookAtPages();
        return new HeldClock(time, held, wall);
    }

    private void LoadLosses()
    {
        _losses.Clear();
        foreach (var row in Rows("SELECT family, count, first, last FROM loss")) _losses[(EventFamily)row[0]] = new EventLoss(row[1], row[2], row[3], (EventFamily)row[0]);
    }

    private List<long[]> Rows(string sql)
    {
        using var statement = new SqliteStatement(_connection, sql);
        var rows = new List<long[]>();
        while (statement.Next()) rows.Add([statement.Number(0), statement.Number(1), statement.Number(2), statement.Number(3)]);
        return rows;
    }

    private void LookAtPages() => (_pages, _freePages) = (_room.Pages.RunForNumber(), _room.FreePages.RunForNumber());

    private void SettleRoom(long oldest)
    {
        _held.Take(_appended);
        Evicted.Take(_lost);
        Oldest = _deleted && oldest == 0 ? _sequence.Committed + 1 : Math.Min(oldest, _sequence.Committed + 1);
        if (_mark is { } mark) _ages.Add(mark.Sequence, mark.Held);
        if (_deleted) _ages.Prune(Oldest);
        (_mark, _deleted, _lossesMoved, _lettersBefore) = (null, false, false, _letters);
        LookAtPages();
    }

    private void RevertRoom()
    {
        _appended.Clear();
        _lost.Clear();
        (_mark, _deleted, _letters) = (null, false, _lettersBefore);
        if (!_lossesMoved) return;
        _lossesMoved = false;
        try
        {
            if (SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle) == 0) SQLitePCL.raw.sqlite3_exec(_connection.Handle, "ROLLBACK");
            LoadLosses();
        }
        catch (SqliteException)
        {
            // Not even readable: the writer is about to learn.
        }
    }

    /// <summary>Its statements.</summary>
    private sealed class Room(SqliteConnection connection) : IDisposable
    {
        public SqliteStatement Oldest { get; } = new(connection, "SELECT ifnull(min(sequence), 0) FROM event");

        public SqliteStatement DeleteOldest { get; } = new(connection,
            "DELETE FROM event WHERE sequence IN (SELECT sequence FROM event WHERE sequence <= ?1 ORDER BY sequence LIMIT ?2) RETURNING family, sequence");

        public SqliteStatement DeleteOfFamily { get; } = new(connection,
            "DELETE FROM event WHERE sequence IN (SELECT sequence FROM event WHERE family = ?1 AND sequence <= ?3 ORDER BY sequence LIMIT ?2) RETURNING family, sequence");

        public SqliteStatement Mark { get; } = new(connection, "INSERT OR IGNORE INTO age (sequence, held, wall) VALUES (?1, ?2, ?3)");

        public SqliteStatement PruneMarks { get; } = new(connection, "DELETE FROM age WHERE sequence < ?1 AND sequence < (SELECT max(sequence) FROM age)");

        public SqliteStatement SaveLoss { get; } = new(connection, "INSERT OR REPLACE INTO loss (family, count, first, last) VALUES (?1, ?2, ?3, ?4)");

        public SqliteStatement ForgetLoss { get; } = new(connection, "DELETE FROM loss WHERE family = ?1");

        public SqliteStatement DropLetter { get; } = new(connection,
            "DELETE FROM deadletter WHERE number = (SELECT min(number) FROM deadletter) RETURNING length(body)");

        public SqliteStatement Pages { get; } = new(connection, "PRAGMA page_count");

        public SqliteStatement FreePages { get; } = new(connection, "PRAGMA freelist_count");

        public void Dispose()
        {
            foreach (var statement in (ReadOnlySpan<SqliteStatement>)[Oldest, DeleteOldest, DeleteOfFamily, Mark, PruneMarks, SaveLoss, ForgetLoss, DropLetter, Pages, FreePages])
                statement.Dispose();
        }
    }
}
