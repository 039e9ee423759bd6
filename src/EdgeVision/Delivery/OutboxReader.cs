using EdgeVision.Events;
using Microsoft.Data.Sqlite;

namespace EdgeVision.Delivery;

/// <summary>
/// Reads events from the file on a connection of its own, so that it never blocks the writer. Reads are short and leave no transaction
/// open: an open one would keep the log from being emptied. Any thread, one at a time.
/// </summary>
internal sealed class OutboxReader : IDisposable
{
    private const string Columns = "sequence, camerasequence, id, family, type, camera, severity, time, body";
    private readonly Lock _gate = new();
    private readonly string _path;
    private readonly SqliteConnection _connection;
    private readonly SqliteStatement _between;
    private readonly SqliteStatement _deadLetters;
    private bool _disposed;

    public OutboxReader(OutboxFile file)
    {
        _path = file.Path;
        _connection = file.OpenReader();
        _between = new(_connection, $"SELECT {Columns} FROM event WHERE sequence > $0 AND sequence <= $1 ORDER BY sequence LIMIT $2", 3);
        _deadLetters = new(_connection, $"SELECT {Columns}, sink, reason, rejectedat FROM deadletter ORDER BY number LIMIT $0", 1);
    }

    /// <summary>Events above <paramref name="after"/> up to <paramref name="last"/>, oldest first, while they fit; the first always fits.</summary>
    /// <exception cref="OutboxException">The file is damaged or gone.</exception>
    public List<OutboxEntry> Between(long after, long last, int maxEvents, int maxBytes) => Read(() =>
    {
        var batch = new List<OutboxEntry>();
        var bytes = 0;
        using var rows = _between.Set(0, after).Set(1, last).Set(2, (long)maxEvents).Query();
        while (rows.Read())
        {
            var entry = Entry(rows);
            bytes += entry.Body.Length;
            if (batch.Count > 0 && bytes > maxBytes) break;
            batch.Add(entry);
        }

        return batch;
    });

    /// <summary>Oldest first.</summary>
    public List<DeadLetter> DeadLetters(int max) => Read(() =>
    {
        var letters = new List<DeadLetter>();
        using var rows = _deadLetters.Set(0, (long)max).Query();
        while (rows.Read()) letters.Add(new DeadLetter(rows.GetString(9), Entry(rows), rows.GetString(10), new DateTimeOffset(rows.GetInt64(11), TimeSpan.Zero)));
        return letters;
    });

    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed) return;
            _disposed = true;
            _between.Dispose();
            _deadLetters.Dispose();
            _connection.Dispose();
        }
    }

    private T Read<T>(Func<T> read)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(Outbox));
            try
            {
                return read();
            }
            catch (Exception e) when (e is SqliteException or ArgumentException or InvalidCastException or InvalidOperationException or FormatException or OverflowException)
            {
                // All but the first: a value that no program of ours has written.
                throw OutboxTrouble.Reading(_path, e);
            }
        }
    }

    private static OutboxEntry Entry(SqliteDataReader row) => new(
        row.GetInt64(0),
        row.GetInt64(1),
        new Guid(row.GetFieldValue<byte[]>(2), bigEndian: true),
        (EventFamily)row.GetInt32(3),
        row.GetString(4),
        row.IsDBNull(5) ? null : row.GetString(5),
        (Severity)row.GetInt32(6),
        new DateTimeOffset(row.GetInt64(7), TimeSpan.Zero),
        row.GetFieldValue<byte[]>(8));
}
