using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Delivery;

/// <summary>
/// <c>outbox.db</c> in the data directory: opened, checked, brought to our schema, and locked against a second process (sequence numbers
/// have one author). Holds the connection that writes.
/// </summary>
internal sealed class OutboxFile : IDisposable
{
    public const string Name = "outbox.db";

    /// <summary>"EdgV" in <c>PRAGMA application_id</c>: tells our files from other SQLite databases.</summary>
    public const int ApplicationId = 0x45646756;

    /// <summary>Nobody else writes, so a lock is an operator's tool that holds the file; past this it is a failed write like any other.</summary>
    private const int BusyTimeoutSeconds = 1;

    /// <summary>Up to this size every page is looked at on opening (about 1 ms per MiB); what is larger was written by us and is trusted.</summary>
    private const long CheckedBytes = 8 << 20;

    /// <summary>Damaged files kept for rescue; the oldest go.</summary>
    private const int KeptDamaged = 2;

    private readonly FileStream _lock;

    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private int _generation;
    private SqliteConnection? _writer;

    private OutboxFile(string path, FileStream @lock, TimeProvider time, ILogger log)
    {
        (Path, _lock, _time, _log) = (path, @lock, time, log);
        var directory = System.IO.Path.GetDirectoryName(path)!;
        (Note, FreeBytes) = (new SequenceNote(directory, time), () => FreeBytesAt(directory));
    }

    public string Path { get; }

    /// <summary>The only connection that writes; the writer thread's own.</summary>
    public SqliteConnection Writer => _writer ?? throw new InvalidOperationException("The outbox has no file at present.");

    public SequenceNote Note { get; }

    /// <summary>Rises when the file is exchanged; readers then open anew.</summary>
    public int Generation => Volatile.Read(ref _generation);

    /// <summary>Of the disk, for this user; null when it does not say.</summary>
    public Func<long?> FreeBytes { get; set; }

    /// <summary>Null while the file is the one that was there before, otherwise what became of that.</summary>
    public (OutboxSalvage Salvage, string MovedTo)? Replaced { get; private set; }

    /// <summary>A damaged file is put aside and a new one begun, see <see cref="Replaced"/>.</summary>
    /// <exception cref="OutboxException">It cannot be used; the message is for the operator.</exception>
    public static OutboxFile Open(string directory, TimeProvider time, ILogger log)
    {
        SQLitePCL.Batteries_V2.Init();
        var path = System.IO.Path.GetFullPath(System.IO.Path.Combine(directory, Name));
        var file = new OutboxFile(path, Lock(directory, path), time, log);
        try
        {
            file.OpenWriter();
            return file;
        }
        catch (Exception e)
        {
            file.Dispose();
            if (e is SqliteException sqlite) throw OutboxTrouble.Opening(path, sqlite);
            throw;
        }
    }

    /// <summary>
    /// Puts the file aside as <c>outbox.db.corrupt-TIME</c> and begins a new one that goes on where it ended. Can be called again when the disk refused
    /// in the middle of it. Statements of the writer's connection are to be closed before.
    /// </summary>
    /// <param name="salvage">Null for what the file itself still says.</param>
    /// <exception cref="SqliteException">The new file cannot be begun.</exception>
    /// <exception cref="IOException">The old one cannot be moved.</exception>
    public void Replace(OutboxSalvage? salvage)
    {
        _writer?.Dispose();
        _writer = null;
        salvage ??= OutboxSalvage.Of(Path, Note.Reserved);
        var aside = $"{Path}.corrupt-{_time.GetUtcNow():yyyyMMdd'T'HHmmssfff'Z'}";
        if (File.Exists(Path)) MoveAside(aside);
        var writer = Begin();
        try
        {
            Prepare(writer);
            salvage.WriteTo(writer);
        }
        catch
        {
            writer.Dispose();
            File.Delete(Path);
            throw;
        }

        (_writer, Replaced) = (writer, (salvage, aside));
        Interlocked.Increment(ref _generation);
    }

    /// <summary>The bytes are not what SQLite or we have written; anything else is a disk or a right that is missing.</summary>
    public static bool IsDamage(Exception e) => e switch
    {
        SqliteException sqlite => sqlite.SqliteErrorCode is SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_NOTADB or SQLitePCL.raw.SQLITE_ERROR,
        OutboxDamageException or InvalidCastException or FormatException or OverflowException or ArgumentException => true,
        _ => false,
    };

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
        _writer?.Dispose();
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
                OwnedFile.CreateDirectory(directory);
            // FileShare.None is flock(2) here: the kernel lets go of it when the process dies, however it dies.
            return OwnedFile.Create(path + ".lock", FileShare.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw OutboxTrouble.Locking(directory, path, e);
        }
    }

    internal static SqliteConnection Connect(string path, SqliteOpenMode mode)
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

    private static long? FreeBytesAt(string directory)
    {
        try
        {
            return new DriveInfo(directory).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    private SqliteConnection Begin()
    {
        foreach (var ending in (ReadOnlySpan<string>)["", "-wal", "-shm"]) OwnedFile.Close(Path + ending);
        if (!File.Exists(Path)) OwnedFile.Create(Path).Dispose(); // SQLite gives log and shared memory the permissions of the file
        return Connect(Path, SqliteOpenMode.ReadWriteCreate);
    }

    private void OpenWriter()
    {
        try
        {
            // A directory in its place is SQLite's to name.
            _writer = Directory.Exists(Path) ? Connect(Path, SqliteOpenMode.ReadWriteCreate) : Begin();
            Prepare(_writer);
        }
        catch (Exception e) when (IsDamage(e))
        {
            Replace(null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw OutboxTrouble.Locking(System.IO.Path.GetDirectoryName(Path)!, Path, e);
        }
    }

    private void MoveAside(string aside)
    {
        File.Move(Path, aside, overwrite: true);
        if (File.Exists(Path + "-wal")) File.Move(Path + "-wal", aside + "-wal", overwrite: true);
        File.Delete(Path + "-shm");
        var kept = Directory.GetFiles(System.IO.Path.GetDirectoryName(Path)!, Name + ".corrupt-*").Where(f => !f.EndsWith("-wal", StringComparison.Ordinal)).Order(StringComparer.Ordinal);
        foreach (var old in kept.SkipLast(KeptDamaged))
        {
            File.Delete(old);
            File.Delete(old + "-wal");
        }
    }

    private void Prepare(SqliteConnection connection)
    {
        var version = Number(connection, "PRAGMA user_version");
        var application = Number(connection, "PRAGMA application_id");
        var isNew = version == 0 && application == 0 && Number(connection, "SELECT count(*) FROM sqlite_schema") == 0;
        if (!isNew && application != ApplicationId) throw OutboxTrouble.Foreign(Path);
        if (version > OutboxSchema.Version) throw OutboxTrouble.Newer(Path, version, Scalar(connection, "SELECT value FROM meta WHERE name = 'writtenby'") as string);
        if (!isNew) Check(connection, Path);

        // Before the first table, and before WAL: what the file gives back after an outage it gives back to the file system.
        if (isNew) Execute(connection, "PRAGMA auto_vacuum = INCREMENTAL");
        if (Scalar(connection, "PRAGMA journal_mode = WAL") is not "wal") throw OutboxTrouble.NoWal(Path);
        Execute(connection, "PRAGMA synchronous = FULL"); // a commit is on the disk, not in the page cache
        Execute(connection, "PRAGMA wal_autocheckpoint = 500"); // 2 MiB of log between checkpoints: a longer log makes each of them, and an append behind it, wait longer
        Execute(connection, "PRAGMA journal_size_limit = 16777216"); // a log that grew under a slow reader shrinks back to 16 MiB
        if (isNew) OutboxSchema.Create(connection);
        else if (version < OutboxSchema.Version) OutboxSchema.Migrate(connection, Path, version, _log);
        SignAsWriter(connection);
    }

    private static void Check(SqliteConnection connection, string path)
    {
        if (new FileInfo(path).Length > CheckedBytes) return;
        if (Scalar(connection, "PRAGMA quick_check(1)") is not "ok") throw new OutboxDamageException();
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

    internal static void Execute(SqliteConnection connection, string sql)
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
