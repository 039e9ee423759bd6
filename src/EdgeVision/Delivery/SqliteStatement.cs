using Microsoft.Data.Sqlite;
using SQLitePCL;
using static SQLitePCL.raw;

namespace EdgeVision.Delivery;

/// <summary>
/// One prepared statement with numbered parameters <c>?1</c>, <c>?2</c> …, used again and again by one thread at a time. Speaks to SQLite
/// itself: a <see cref="SqliteCommand"/> allocates 1.5 KB a run, and while the file is busy it sleeps in steps of 150 ms.
/// </summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    /// <summary><paramref name="connection"/> outlives the statement.</summary>
    public SqliteStatement(SqliteConnection connection, string sql)
    {
        _database = connection.Handle!;
        Check(sqlite3_prepare_v2(_database, sql, out _statement));
    }

    public SqliteStatement Set(int parameter, long value)
    {
        Check(sqlite3_bind_int64(_statement, parameter, value));
        return this;
    }

    public SqliteStatement Set(int parameter, string? value)
    {
        Check(value is null ? sqlite3_bind_null(_statement, parameter) : sqlite3_bind_text(_statement, parameter, value));
        return this;
    }

    /// <summary>Copied.</summary>
    public SqliteStatement Set(int parameter, ReadOnlySpan<byte> value)
    {
        Check(sqlite3_bind_blob(_statement, parameter, value));
        return this;
    }

    /// <summary>To its end: an incremental vacuum does its work row by row.</summary>
    /// <exception cref="SqliteException">It failed; the statement can be run again.</exception>
    public void Run()
    {
        try
        {
            while (Next())
            {
            }
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>The number in the first column of the first row.</summary>
    public long RunForNumber()
    {
        try
        {
            return Next() ? Number(0) : 0;
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>Moves to the next row; false past the last. Whoever steps resets.</summary>
    public bool Next()
    {
        var code = sqlite3_step(_statement);
        if (code is not (SQLITE_ROW or SQLITE_DONE)) Check(code);
        return code == SQLITE_ROW;
    }

    /// <summary>Ends the read transaction, too. What a failed step said has been thrown already.</summary>
    public void Reset() => _ = sqlite3_reset(_statement);

    public bool IsNull(int column) => sqlite3_column_type(_statement, column) == SQLITE_NULL;

    public long Number(int column) => sqlite3_column_int64(_statement, column);

    public string Text(int column) => sqlite3_column_text(_statement, column).utf8_to_string() ?? "";

    /// <summary>Valid until the next step.</summary>
    public ReadOnlySpan<byte> Blob(int column) => sqlite3_column_blob(_statement, column);

    public void Dispose() => _statement.Dispose();

    private void Check(int code)
    {
        if (code is not SQLITE_OK) SqliteException.ThrowExceptionForRC(code, _database);
    }
}
