using System.Diagnostics.CodeAnalysis;
using EdgeVision.Events;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace EdgeVision.Delivery;

/// <summary>
/// Reads events from the file on a connection of its own, so that it never blocks the writer. Reads are short and leave no transaction
/// open: an open one would keep the log from being emptied. Any thread, one at a time.
/// </summary>
internal sealed class OutboxReader : IDisposable
{
    internal const string Columns = "sequence, camerasequence, id, family, type, camera, severity, time, body";
    private readonly Lock _gate = new();
    private readonly OutboxFile _file;
    private readonly Action<int>? _damaged;
    private SqliteConnection _connection;
    private SqliteStatement _between;
    private SqliteStatement _count;
    private SqliteStatement _deadLetters;
    private int _generation;
    private bool _disposed;

    /// <param name="file">Opened anew when it is exchanged.</param>
    /// <param name="damaged">Told the generation of the file that turned out to be damaged; nothing is read then. Null for an exception.</param>
    public OutboxReader(OutboxFile file, Action<int>? damaged = null)
    {
        (_file, _damaged) = (file, damaged);
        Open();
    }

    /// <summary>
    /// Events above <paramref name="after"/> up to <paramref name="last"/>, oldest first, while they fit; the first always fits. Null when damage was met:
    /// then nobody knows what there is, which is not the same as nothing.
    /// </summary>
    /// <exception cref="OutboxException">The file is damaged or gone.</exception>
    public List<OutboxEntry>? Between(long after, long last, int maxEvents, int maxBytes) => Read(static r => r._between, rows =>
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
    public long CountOf(long from, long to) => Read(static r => r._count, rows => new List<long> { rows.Set(1, from).Set(2, to).Next() ? rows.Number(0) : 0 })?[0] ?? 0;

    /// <summary>Oldest first.</summary>
    public List<DeadLetter> DeadLetters(int max) => Read(static r => r._deadLetters, rows =>
    {
        var letters = new List<DeadLetter>();
        rows.Set(1, max);
        while (rows.Next()) letters.Add(Letter(rows));
        return letters;
    }) ?? [];

    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed) return;
            _disposed = true;
            Close();
        }
    }

    [MemberNotNull(nameof(_connection), nameof(_between), nameof(_count), nameof(_deadLetters))]
    private void Open()
    {
        _generation = _file.Generation;
        _connection = _file.OpenReader();
        _between = new(_connection, $"SELECT {Columns} FROM event WHERE sequence > ?1 AND sequence <= ?2 ORDER BY sequence LIMIT ?3");
        _count = new(_connection, "SELECT count(*) FROM event WHERE sequence BETWEEN ?1 AND ?2");
        _deadLetters = new(_connection, $"SELECT {Columns}, sink, reason, rejectedat FROM deadletter ORDER BY number LIMIT ?1");
    }

    private void Close()
    {
        _between.Dispose();
        _count.Dispose();
        _deadLetters.Dispose();
        _connection.Dispose();
    }

    private List<T>? Read<T>(Func<OutboxReader, SqliteStatement> choose, Func<SqliteStatement, List<T>> read)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(Outbox));
            SqliteStatement? statement = null;
            try
            {
                if (_generation != _file.Generation)
                {
                    Close();
                    Open();
                }

                statement = choose(this);
                return read(statement);
            }
            catch (Exception e) when (e is SqliteException or ArgumentException or OverflowException)
            {
                // All but the first: a value that no program of ours has written.
                if (_damaged is null || e is SqliteException { SqliteErrorCode: not (raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB) }) throw OutboxTrouble.Reading(_file.Path, e);
                _damaged(_generation);
                return null;
            }
            finally
            {
                statement?.Reset();
            }
        }
    }

    internal static DeadLetter Letter(SqliteStatement row) => new(row.Text(9), Entry(row), row.Text(10), new DateTimeOffset(row.Number(11), TimeSpan.Zero));

    internal static OutboxEntry Entry(SqliteStatement row) => new(
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
