using System.Globalization;
using Microsoft.Data.Sqlite;

namespace EdgeVision.Delivery;

/// <summary>
/// <c>outbox.db</c> in the data directory: opened, checked, brought to our schema, and locked against a second process (sequence numbers
/// have one author). Holds the connection that writes.
/// </summary>
internal sealed class OutboxFile : IDisposable
{
    public const string Name = "outbox.db";

    /// <summary>In <c>PRAGMA user_version</c>. Changes with the tables.</summary>
    public const int SchemaVersion = 1;

    /// <summary>"EdgV" in <c>PRAGMA application_id</c>: tells our files from other SQLite databases.</summary>
    public const int ApplicationId = 0x45646756;

    /// <summary>Nobody else writes, so a lock is an operator's tool that holds the file; past this it is a failed write like any other.</summary>
    private const int BusyTimeoutSeconds = 1;

    /// <summary>Up to this size every page is looked at on opening (about 1 ms per MiB); what is larger was written by us and is trusted.</summary>
    private const long CheckedBytes = 8 << 20;

    // The meta table keeps its shape in every version: a newer file must be able to say who wrote it.
    // camera '' in counter is the node itself. cursor.sequence: delivered up to and including.
    private const string Schema = """
        CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE event (
            sequence INTEGER PRIMARY KEY, camerasequence INTEGER NOT NULL, id BLOB NOT NULL, family INTEGER NOT NULL,
            type TEXT NOT NULL, camera TEXT, severity INTEGER NOT NULL, time INTEGER NOT NULL, body BLOB NOT NULL) STRICT;
        CREATE TABLE counter (camera TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE cursor (sink TEXT PRIMARY KEY, sequence INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE deadletter (
            number INTEGER PRIMARY KEY, sink TEXT NOT NULL, reason TEXT NOT NULL, rejectedat INTEGER NOT NULL,
            sequence INTEGER NOT NULL, camerasequence INTEGER NOT NULL, id BLOB NOT NULL, family INTEGER NOT NULL,
            type TEXT NOT NULL, camera TEXT, severity INTEGER NOT NULL, time INTEGER NOT NULL, body BLOB NOT NULL,
            UNIQUE (sink, sequence)) STRICT;
        """;

    private readonly FileStream _lock;

    private OutboxFile(string path, FileStream @lock, SqliteConnection writer) => (Path, _lock, Writer) = (path, @lock, writer);

    public string Path { get; }

    /// <summary>The only connection that writes; the writer thread's own.</summary>
    public SqliteConnection Writer { get; }

    /// <exception cref="OutboxException">It cannot be used; the message is for the operator.</exception>
    public static OutboxFile Open(string directory)
    {
        SQLitePCL.Batteries_V2.Init();
        var path = System.IO.Path.GetFullPath(System.IO.Path.Combine(directory, Name));
        var @lock = Lock(directory, path);
        SqliteConnection? writer = null;
        try
        {
            writer = Connect(path, SqliteOpenMode.ReadWriteCreate);
            Prepare(writer, path);
            return new OutboxFile(path, @lock, writer);
        }
        catch (Exception e)
        {
            writer?.Dispose();
            @lock.Dispose();
            if (e is SqliteException sqlite) throw OutboxTrouble.Opening(path, sqlite);
            throw;
        }
    }

    /// <summary>A connection that sees every commit and never blocks the writer (WAL). Caller disposes.</summary>
    public SqliteConnection OpenReader()
    {
        // Read-write, although it only reads: a read-only connection may not create the shared memory of a WAL it finds.
        var reader = Connect(Path, SqliteOpenMode.ReadWrite);
        Execute(reader, "PRAGMA query_only = ON");
        return reader;
    }

    public void Dispose()
    {
        Writer.Dispose();
        _lock.Dispose();
    }

    internal static long Number(SqliteConnection connection, string sql) =>
        Convert.ToInt64(Scalar(connection, sql), CultureInfo.InvariantCulture);

    private static FileStream Lock(string directory, string path)
    {
        try
        {
            // Only the last level: a missing parent is a missing mount or a typing mistake, and creating it would hide that.
            if (!Directory.Exists(directory) && Directory.Exists(System.IO.Path.GetDirectoryName(System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(directory)))))
                Directory.CreateDirectory(directory);
            // FileShare.None is flock(2) here: the kernel lets go of it when the process dies, however it dies.
            return new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw OutboxTrouble.Locking(directory, path, e);
        }
    }

    private static SqliteConnection Connect(string path, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = mode,
            Pooling = false, // closed means closed: the last one to close leaves one tidy file
            DefaultTimeout = BusyTimeoutSeconds,
        }.ConnectionString);
        try
        {
            connection.Open();
            Execute(connection, $"PRAGMA busy_timeout = {BusyTimeoutSeconds * 1000}");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void Prepare(SqliteConnection connection, string path)
    {
        var version = Number(connection, "PRAGMA user_version");
        var application = Number(connection, "PRAGMA application_id");
        var isNew = version == 0 && application == 0 && Number(connection, "SELECT count(*) FROM sqlite_schema") == 0;
        if (!isNew && application != ApplicationId) throw OutboxTrouble.Foreign(path);
        if (version > SchemaVersion) throw OutboxTrouble.Newer(path, version, Scalar(connection, "SELECT value FROM meta WHERE name = 'writtenby'") as string);
        if (!isNew) Check(connection, path);

        // Before the first table, and before WAL: what the file gives back after an outage it gives back to the file system.
        if (isNew) Execute(connection, "PRAGMA auto_vacuum = INCREMENTAL");
        if (Scalar(connection, "PRAGMA journal_mode = WAL") is not "wal") throw OutboxTrouble.NoWal(path);
        Execute(connection, "PRAGMA synchronous = FULL"); // a commit is on the disk, not in the page cache
        Execute(connection, "PRAGMA wal_autocheckpoint = 1000"); // 1000 pages of 4 KiB: 4 MiB of log between checkpoints
        Execute(connection, "PRAGMA journal_size_limit = 16777216"); // a log that grew under a slow reader shrinks back to 16 MiB
        if (isNew) Execute(connection, $"BEGIN IMMEDIATE; {Schema} PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {SchemaVersion}; COMMIT");
        SignAsWriter(connection);
    }

    private static void Check(SqliteConnection connection, string path)
    {
        if (new FileInfo(path).Length > CheckedBytes) return;
        if (Scalar(connection, "PRAGMA quick_check(1)") is not "ok") throw OutboxTrouble.Damaged(path, null);
    }

    /// <summary>Written only when it changes: opening writes nothing on a disk that may be full.</summary>
    private static void SignAsWriter(SqliteConnection connection)
    {
        var us = $"EdgeVision {typeof(OutboxFile).Assembly.GetName().Version?.ToString(3)}";
        if (Scalar(connection, "SELECT value FROM meta WHERE name = 'writtenby'") as string == us) return;
        using var command = connection.CreateCommand();
        command.CommandText = "INSERT INTO meta (name, value) VALUES ('writtenby', $us) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        command.Parameters.AddWithValue("$us", us);
        command.ExecuteNonQuery();
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static object? Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
