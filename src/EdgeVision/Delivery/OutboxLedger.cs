using System.Buffers;
using System.Text.Json;
using EdgeVision.Events;
using Microsoft.Data.Sqlite;

namespace EdgeVision.Delivery;

/// <summary>
/// The write side of the file: prepared statements and the sequence counters. Counters move in memory inside a transaction and move back
/// with its rollback, so that a failed one leaves no gap. Used by the writer thread only.
/// </summary>
internal sealed partial class OutboxLedger : IDisposable
{
    private const string NodeItself = "";
    private readonly NodeIdentity _node;
    private readonly Dictionary<string, SequenceCounter> _counters = new(StringComparer.Ordinal);
    private readonly List<SequenceCounter> _touched = [];
    private readonly List<StagedEvent> _staged = [];
    private readonly ArrayBufferWriter<byte> _bodies = new(64 * 1024);
    private readonly Utf8JsonWriter _json;
    private readonly SequenceCounter _sequence;
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _insertEvent;
    private readonly SqliteStatement _saveCounter;
    private readonly SqliteStatement _saveCursor;
    private readonly SqliteStatement _saveCursorNote;
    private readonly SqliteStatement _insertDeadLetter;
    private readonly SqliteStatement _checkpoint;
    private readonly SqliteStatement _vacuum;
    private readonly SqliteConnection _connection;
    private readonly long _floor;

    public OutboxLedger(SqliteConnection connection, NodeIdentity node, TimeProvider time)
    {
        (_connection, _node, _json) = (connection, node, new Utf8JsonWriter(_bodies));
        _begin = new(connection, "BEGIN IMMEDIATE");
        _commit = new(connection, "COMMIT");
        _insertEvent = new(connection,
            "INSERT INTO event (sequence, camerasequence, id, family, type, camera, severity, time, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
        _saveCounter = new(connection, "INSERT INTO counter (camera, value) VALUES (?1, ?2) ON CONFLICT (camera) DO UPDATE SET value = excluded.value");
        _saveCursorNote = new(connection, "INSERT INTO meta (name, value) VALUES ('cursor:' || ?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value");
        _saveCursor = new(connection, "INSERT INTO cursor (sink, sequence) VALUES (?1, ?2) ON CONFLICT (sink) DO UPDATE SET sequence = excluded.sequence");
        // Ignored when it is there: the cursor had not been saved when the process died, and the sink refused the event once more.
        _insertDeadLetter = new(connection,
            "INSERT OR IGNORE INTO deadletter (sink, reason, rejectedat, sequence, camerasequence, id, family, type, camera, severity, time, body) "
            + "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)");
        _checkpoint = new(connection, "PRAGMA wal_checkpoint(RESTART)");
        _vacuum = new(connection, $"PRAGMA incremental_vacuum({VacuumPages})");
        _room = new Room(connection);
        _floor = OutboxFile.Number(connection, "SELECT ifnull((SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'floor'), 0)");
        LoadCounters();
        _sequence = Counter(NodeItself);
        // An event above its counter would be one that the counter's own transaction forgot: impossible, short of a hand-edited file.
        _sequence.Committed = _sequence.Next = Math.Max(_sequence.Next, OutboxFile.Number(connection, "SELECT ifnull(max(sequence), 0) FROM event"));
        Clock = LoadRoom(time);
    }

    /// <summary>Pages given back to the file system in one step: 4 MiB.</summary>
    public const int VacuumPages = 1024;

    /// <summary>Free pages kept for the next busy hour: 8 MiB.</summary>
    public const int KeptFreePages = 2048;

    /// <summary>Of the newest event; inside a transaction, of the newest appended by it.</summary>
    public long LastSequence => _sequence.Next;

    /// <summary>By sink.</summary>
    public Dictionary<string, SavedCursor> SavedCursors()
    {
        using var command = _connection.CreateCommand();
        command.CommandText = "SELECT sink, sequence, (SELECT value FROM meta WHERE name = 'cursor:' || sink) FROM cursor";
        using var reader = command.ExecuteReader();
        var positions = new Dictionary<string, SavedCursor>(StringComparer.Ordinal);
        while (reader.Read()) positions.Add(reader.GetString(0), new SavedCursor(reader.GetInt64(1), reader.IsDBNull(2) ? "" : reader.GetString(2)));
        return positions;
    }

    public void Begin() => _begin.Run();

    /// <summary>Appends all of <paramref name="events"/>, or throws what an event that cannot be written as JSON throws, and appends none.</summary>
    public long Append(IReadOnlyList<VisionEvent> events)
    {
        Stage(events);
        for (var i = 0; i < _staged.Count; i++) Insert(_staged[i]);
        return _sequence.Next;
    }

    public void Reject(DeadLetter letter)
    {
        var entry = letter.Entry;
        _insertDeadLetter.Set(1, letter.Sink).Set(2, letter.Reason).Set(3, letter.RejectedAt.UtcTicks)
            .Set(4, entry.Sequence).Set(5, entry.CameraSequence).Set(6, entry.Id.ToByteArray(bigEndian: true)).Set(7, (long)entry.Family)
            .Set(8, entry.Type).Set(9, entry.Camera).Set(10, (long)entry.Severity).Set(11, entry.Time.UtcTicks).Set(12, entry.Body.Span).Run();
        if (SQLitePCL.raw.sqlite3_changes(_connection.Handle) > 0) CountDeadLetter(entry.Body.Length);
    }

    public void SaveCursor(string sink, long sequence) => _saveCursor.Set(1, sink).Set(2, sequence).Run();

    /// <summary>What else a cursor must remember, in its own words. In <c>meta</c>, where a version that does not know it leaves it alone.</summary>
    public void SaveCursorNote(string sink, string note) => _saveCursorNote.Set(1, sink).Set(2, note).Run();

    public void Commit()
    {
        foreach (var counter in _touched) _saveCounter.Set(1, counter.Name).Set(2, counter.Next).Run();
        var oldest = _deleted ? _room.Oldest.RunForNumber() : Oldest;
        _commit.Run();
        foreach (var counter in _touched) counter.Settle();
        _touched.Clear();
        SettleRoom(oldest);
    }

    public void Rollback()
    {
        foreach (var counter in _touched) counter.Revert();
        _touched.Clear();
        RevertRoom();
        // SQLite has rolled back by itself after a full disk or an I/O error; asking then is an error of ours.
        if (SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle) == 0) SQLitePCL.raw.sqlite3_exec(_connection.Handle, "ROLLBACK");
    }

    /// <summary>Moves the log into the file and begins it anew; waits for readers in the middle of a batch.</summary>
    public void Checkpoint() => _checkpoint.Run();

    /// <summary>True when free pages went back to the file system and there may be more.</summary>
    public bool Vacuum(int keep)
    {
        if (_room.FreePages.RunForNumber() < keep + VacuumPages) return false;
        _vacuum.Run();
        return true;
    }

    /// <summary>What a new file must know when this one turns out to be damaged; memory knows it all.</summary>
    public OutboxSalvage Salvage(IEnumerable<OutboxCursor> cursors)
    {
        var (last, positions) = (_sequence.Committed, cursors.Select(c => c.Position).DefaultIfEmpty(0));
        var from = Math.Max(Oldest, positions.Min() + 1);
        var loss = new EventLoss(Math.Max(0, Math.Min(HeldEvents, last - from + 1)), from <= last ? from : 0, last, null);
        return new OutboxSalvage(_counters.ToDictionary(c => c.Key, c => c.Value.Committed, StringComparer.Ordinal), cursors.ToDictionary(c => c.Sink, _ => last, StringComparer.Ordinal), 0, loss);
    }

    public void Dispose()
    {
        _json.Dispose();
        _room.Dispose();
        foreach (var statement in (ReadOnlySpan<SqliteStatement>)[_begin, _commit, _insertEvent, _saveCounter, _saveCursor, _saveCursorNote, _insertDeadLetter, _checkpoint, _vacuum])
            statement.Dispose();
    }

    private void Stage(IReadOnlyList<VisionEvent> events)
    {
        _staged.Clear();
        _bodies.ResetWrittenCount();
        try
        {
            for (var i = 0; i < events.Count; i++)
            {
                var counter = events[i].Camera is { } camera ? Touch(Counter(camera)) : null;
                var (sequence, cameraSequence) = (++Touch(_sequence).Next, counter is null ? 0 : ++counter.Next);
                var start = _bodies.WrittenCount;
                _staged.Add(new StagedEvent(events[i], sequence, cameraSequence, start));
                _json.Reset(_bodies);
                VisionEventJson.Write(_json, events[i], sequence, cameraSequence, _node);
                _json.Flush();
                _staged[i] = _staged[i] with { Length = _bodies.WrittenCount - start };
            }
        }
        catch
        {
            // Give the numbers back: the next request takes them, no consumer sees a hole.
            foreach (var staged in _staged)
            {
                _sequence.Next--;
                if (staged.CameraSequence > 0) Counter(staged.Event.Camera!).Next--;
            }

            throw;
        }
    }

    private void Insert(in StagedEvent staged)
    {
        var vision = staged.Event;
        Span<byte> id = stackalloc byte[16];
        vision.Id.TryWriteBytes(id, bigEndian: true, out _);
        _insertEvent.Set(1, staged.Sequence).Set(2, staged.CameraSequence).Set(3, id).Set(4, (long)vision.Family)
            .Set(5, VisionEventJson.TypeOf(vision.Family)).Set(6, vision.Camera).Set(7, (long)vision.Severity).Set(8, vision.Time.UtcTicks)
            .Set(9, _bodies.WrittenSpan.Slice(staged.Start, staged.Length)).Run();
        _appended.Add(vision.Family, 1);
    }

    private SequenceCounter Counter(string name)
    {
        if (!_counters.TryGetValue(name, out var counter)) _counters[name] = counter = new SequenceCounter(name) { Committed = _floor, Next = _floor };
        return counter;
    }

    private SequenceCounter Touch(SequenceCounter counter)
    {
        if (counter.Touch()) _touched.Add(counter);
        return counter;
    }

    private void LoadCounters()
    {
        using var command = _connection.CreateCommand();
        command.CommandText = "SELECT camera, value FROM counter";
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var counter = Counter(reader.GetString(0));
            counter.Committed = counter.Next = reader.GetInt64(1);
        }
    }

    private readonly record struct StagedEvent(VisionEvent Event, long Sequence, long CameraSequence, int Start, int Length = 0);

    private sealed class SequenceCounter(string name)
    {
        private bool _touched;

        public string Name => name;

        public long Committed { get; set; }

        public long Next { get; set; }

        /// <summary>True the first time in a transaction.</summary>
        public bool Touch() => !_touched && (_touched = true);

        public void Settle() => (Committed, _touched) = (Next, false);

        public void Revert() => (Next, _touched) = (Committed, false);
    }
}
