using EdgeVision.Events;
using Microsoft.Data.Sqlite;

namespace EdgeVision.Delivery;

/// <summary>An outbox seen from outside, beside the node that may be writing it: short reads that hold nothing up. One thread.</summary>
public sealed class OutboxView : IDisposable
{
    private const int PageEvents = 256;
    private readonly SqliteConnection _connection;

    private OutboxView(string path, SqliteConnection connection) => (Path, _connection) = (path, connection);

    public string Path { get; }

    /// <exception cref="OutboxException">There is none, or it cannot be read by this program.</exception>
    public static OutboxView Open(string directory)
    {
        SQLitePCL.Batteries_V2.Init();
        var path = System.IO.Path.GetFullPath(System.IO.Path.Combine(directory, OutboxFile.Name));
        if (!File.Exists(path)) throw new OutboxException($"There is no outbox '{path}'. Name the node's data folder with --data, or its configuration with --config.");
        SqliteConnection? connection = null;
        try
        {
            // Read-write, although it only reads: a read-only connection may not create the shared memory of a log it finds.
            connection = OutboxFile.Connect(path, SqliteOpenMode.ReadWrite);
            OutboxFile.Execute(connection, "PRAGMA query_only = ON");
            var (version, application) = (OutboxFile.Number(connection, "PRAGMA user_version"), OutboxFile.Number(connection, "PRAGMA application_id"));
            if (application != OutboxFile.ApplicationId) throw OutboxTrouble.Foreign(path);
            if (version > OutboxSchema.Version) throw OutboxTrouble.Newer(path, version, null);
            if (version < OutboxSchema.Version) throw new OutboxException($"Outbox '{path}' has schema version {version}, this program reads {OutboxSchema.Version}. Start the node once; it brings the file up to date.");
            return new OutboxView(path, connection);
        }
        catch (Exception e)
        {
            connection?.Dispose();
            if (e is SqliteException sqlite) throw OutboxTrouble.Opening(path, sqlite);
            throw;
        }
    }

    public OutboxFigures Figures()
    {
        var families = Rows("SELECT family, count(*) FROM event GROUP BY family").ToDictionary(r => (EventFamily)r.Number, r => r.Second);
        var bounds = Rows("SELECT ifnull(min(sequence), 0), ifnull(max(sequence), 0) FROM event")[0];
        var last = Math.Max(bounds.Second, Number("SELECT ifnull((SELECT value FROM counter WHERE camera = ''), 0)"));
        var sinks = new List<(string, long, long)>();
        using (var cursors = new SqliteStatement(_connection, "SELECT sink, sequence, (SELECT count(*) FROM event WHERE event.sequence > cursor.sequence) FROM cursor WHERE sink <> '' ORDER BY sink"))
        {
            while (cursors.Next()) sinks.Add((cursors.Text(0), cursors.Number(1), cursors.Number(2)));
        }

        var bytes = (Number("PRAGMA page_count") - Number("PRAGMA freelist_count")) * Number("PRAGMA page_size");
        return new OutboxFigures(
            Path, OutboxSchema.Version, last, bounds.Number, families.Values.Sum(), bytes, new FileInfo(Path).Length, families, sinks,
            Number("SELECT count(*) FROM deadletter"), Number("SELECT ifnull(sum(count), 0) FROM loss"), TimeAt(bounds.Number), TimeAt(bounds.Second));
    }

    /// <summary>Events of sequence <paramref name="from"/> to <paramref name="to"/> that are still held, oldest first, read in steps.</summary>
    public IEnumerable<OutboxEntry> Entries(long from, long to)
    {
        for (var after = from - 1; ;)
        {
            var page = new List<OutboxEntry>();
            using (var rows = new SqliteStatement(_connection, $"SELECT {OutboxReader.Columns} FROM event WHERE sequence > ?1 AND sequence <= ?2 ORDER BY sequence LIMIT {PageEvents}"))
            {
                rows.Set(1, after).Set(2, to);
                while (Step(rows)) page.Add(OutboxReader.Entry(rows));
            }

            foreach (var entry in page) yield return entry;
            if (page.Count < PageEvents) yield break;
            after = page[^1].Sequence;
        }
    }

    /// <summary>Held of these sequences.</summary>
    public long Count(long from, long to)
    {
        using var count = new SqliteStatement(_connection, "SELECT count(*) FROM event WHERE sequence BETWEEN ?1 AND ?2");
        return count.Set(1, from).Set(2, to).RunForNumber();
    }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<DeadLetter> DeadLetters(int max)
    {
        using var rows = new SqliteStatement(_connection, $"SELECT {OutboxReader.Columns}, sink, reason, rejectedat FROM deadletter ORDER BY number DESC LIMIT ?1");
        rows.Set(1, max);
        var letters = new List<DeadLetter>();
        while (Step(rows)) letters.Add(OutboxReader.Letter(rows));
        return letters;
    }

    public void Dispose() => _connection.Dispose();

    private bool Step(SqliteStatement rows)
    {
        try
        {
            return rows.Next();
        }
        catch (SqliteException e)
        {
            throw OutboxTrouble.Reading(Path, e);
        }
    }

    private DateTimeOffset? TimeAt(long sequence)
    {
        using var time = new SqliteStatement(_connection, "SELECT time FROM event WHERE sequence = ?1");
        return time.Set(1, sequence).RunForNumber() is var ticks and > 0 ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;
    }

    private long Number(string sql) => OutboxFile.Number(_connection, sql);

    private List<(long Number, long Second)> Rows(string sql)
    {
        using var statement = new SqliteStatement(_connection, sql);
        var rows = new List<(long, long)>();
        while (Step(statement)) rows.Add((statement.Number(0), statement.Number(1)));
        return rows;
    }
}
