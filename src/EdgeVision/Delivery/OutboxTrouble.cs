using Microsoft.Data.Sqlite;
using static SQLitePCL.raw;

namespace EdgeVision.Delivery;

/// <summary>The sentences: what happened, what was expected, what to do.</summary>
internal static class OutboxTrouble
{
    public static OutboxException Locking(string directory, string path, Exception e)
    {
        if (!Directory.Exists(directory))
            return new OutboxException($"Data directory '{directory}' does not exist and could not be created ({Short(e)}). Create it, mount it, or name another one.", e);
        return IsSharing(e)
            ? new OutboxException($"Outbox '{path}' is in use by another process; one outbox has one writer. Stop the other process or name another data directory.", e)
            : new OutboxException($"Data directory '{directory}' cannot be written ({Short(e)}). Make it writable for this user or name another one.", e);
    }

    public static OutboxException Opening(string path, SqliteException e) => e.SqliteErrorCode switch
    {
        SQLITE_NOTADB or SQLITE_CORRUPT => Damaged(path, e),
        SQLITE_ERROR => new OutboxException($"Outbox '{path}' lacks a table or column that its version has ({Short(e)}). Move the file away; a new one is begun.", e),
        SQLITE_BUSY or SQLITE_LOCKED => new OutboxException($"Outbox '{path}' is locked by another program. Close what has it open, such as a database browser, and start again.", e),
        _ => new OutboxException($"Outbox '{path}' cannot be opened ({Short(e)}). {Fix(e)}", e),
    };

    public static OutboxException Damaged(string path, Exception? e) =>
        new($"Outbox '{path}' is damaged or not an outbox. Move the file away to keep it for rescue; a new one is begun on the next start.", e);

    public static OutboxException Foreign(string path) =>
        new($"'{path}' is a database of another program, an EdgeVision outbox was expected. Move the file away or name another data directory.");

    public static OutboxException Newer(string path, long version, string? writtenBy) =>
        new($"Outbox '{path}' has schema version {version}, written by {writtenBy ?? "a newer EdgeVision"}; this program reads up to {OutboxSchema.Version}. "
            + "Run that program again, or move the file away to begin a new one.");

    public static OutboxException NoWal(string path) =>
        new($"The file system of '{path}' does not support SQLite's write-ahead log, as network shares do not. Put the data directory on a local disk.");

    public static OutboxException Reading(string path, Exception e) => e is SqliteException { SqliteErrorCode: not (SQLITE_NOTADB or SQLITE_CORRUPT) } sqlite
        ? new OutboxException($"Outbox '{path}' cannot be read ({Short(sqlite)}). {Fix(sqlite)}", e)
        : Damaged(path, e);

    public static OutboxException Unwritten(string path) =>
        new($"Outbox '{path}' was closed before its disk took this event. Look at the disk, and at the log for what it refused.");

    /// <summary>What an operator can do about a write that failed.</summary>
    public static string Fix(SqliteException? e) => e?.SqliteErrorCode switch
    {
        SQLITE_FULL => "The disk is full: free some space.",
        SQLITE_READONLY => "The file or its disk is read-only: mount it writable or give this user the right to write.",
        SQLITE_CANTOPEN or SQLITE_PERM or SQLITE_AUTH => "Give this user the right to read and write the data directory and its files.",
        SQLITE_BUSY or SQLITE_LOCKED => "Another program holds the file: close it.",
        SQLITE_NOTADB or SQLITE_CORRUPT => "The file is damaged: it is put aside and a new one begun.",
        SQLITE_IOERR => "The disk does not take it: see the kernel's log; the card may be worn out.",
        _ => "See the data directory and its disk.",
    };

    /// <summary>"disk I/O error" of "SQLite Error 10: 'disk I/O error'.".</summary>
    public static string Short(Exception e)
    {
        var message = e.Message;
        var from = message.IndexOf('\'', StringComparison.Ordinal);
        return e is SqliteException && from >= 0 ? message[(from + 1)..].TrimEnd('.', '\'') : message.TrimEnd('.');
    }

    private static bool IsSharing(Exception e) => e.GetType() == typeof(IOException) && e.HResult is 11 or unchecked((int)0x80070020);
}
