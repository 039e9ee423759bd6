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
    private readonly SqliteStatement _count;
    private readonly SqliteStatement _deadLetters;
    private bool _disposed;

    public OutboxReader(OutboxFile file)
    {
        _path = file.Path;
        _connection = file.OpenReader();
        _between = new(_connection, $"SELECT {Columns} FROM event WHERE sequence > ?1 AND sequence <= ?2 ORDER BY sequence LIMIT ?3");
        _count = new(_connection, "SELECT count(*) FROM event WHERE sequence BETWEEN ?1 AND ?2");
        _deadLetters = new(_connection, $"SELECT {Columns}, sink, reason, rejectedat FROM deadletter ORDER BY number LIMIT ?1");
    }

    /// <summary>Events above <paramref name="after"/> up to <paramref name="last"/>, oldest first, while they fit; the first always fits.</summary>
    /// <exception cref="OutboxException">The file is damaged or gone.</exception>
    public List<OutboxEntry> Between(long after, long last, int maxEvents, int maxBytes) => Read(_between, rows =>
    {
        var batch = new List<OutboxEntry>();
        var bytes = 0;
        rows.Set(1, after).Set(2, last).Set(3, maxEvents);
        while (rows.Next())
        {
            // Before it is copied: an entry that no longer fits is read again with the next batch.
            bytes += rows.Blob(8).Length;
            if (batch.Count > 0 && bytes > maxBytes) break;
            batch.Add(Entry(rows));
        }

        return batch;
    });

    /// <summary>How many events are held from <paramref name="from"/> to <paramref name="to"/>, both included.</summary>
    /// <exception cref="OutboxException">The file is damaged or gone.</exception>
    public long CountOf(long from, long to) => Read(_count, rows => rows.Set(1, from).Set(2, to).Next() ? rows.Number(0) : 0);

    /// <summary>Oldest first.</summary>
    public List<DeadLetter> DeadLetters(int max) => Read(_deadLetters, rows =>
    {
        var letters = new List<DeadLetter>();
        rows.Set(1, max);
        while (rows.Next()) letters.Add(new DeadLetter(rows.Text(9), Entry(rows), rows.Text(10), new DateTimeOffset(rows.Number(11), TimeSpan.Zero)));
        return letters;
    });

    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed) return;
            _disposed = true;
            _between.Dispose();
            _count.Dispose();
            _deadLetters.Dispose();
            _connection.Dispose();
        }
    }

    private T Read<T>(SqliteStatement statement, Func<SqliteStatement, T> read)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(Outbox));
            try
            {
                return read(statement);
            }
            catch (Exception e) when (e is SqliteException or ArgumentException or OverflowException)
            {
                // All but the first: a value that no program of ours has written.
                throw OutboxTrouble.Reading(_path, e);
            }
            finally
            {
                statement.Reset();
            }
        }
    }

    private static OutboxEntry Entry(SqliteStatement row) => new(
        row.Number(0),
        row.Number(1),
        new Guid(row.Blob(2), bigEndian: true),
        (EventFamily)row.Number(3),
        row.Text(4),
        row.IsNull(5) ? null : row.Text(5),
        (Severity)row.Number(6),
        new DateTimeOffset(row.Number(7), TimeSpan.Zero),
        row.Blob(8).ToArray());
}
