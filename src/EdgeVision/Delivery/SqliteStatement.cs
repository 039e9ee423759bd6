using System.Globalization;
using Microsoft.Data.Sqlite;

namespace EdgeVision.Delivery;

/// <summary>One prepared statement with numbered parameters <c>$0</c>, <c>$1</c> …, used again and again by one thread.</summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly SqliteCommand _command;

    public SqliteStatement(SqliteConnection connection, string sql, int parameters = 0)
    {
        _command = connection.CreateCommand();
#pragma warning disable CA2100 // Every caller passes a constant.
        _command.CommandText = sql;
#pragma warning restore CA2100
        for (var i = 0; i < parameters; i++) _command.Parameters.Add(new SqliteParameter { ParameterName = "$" + i.ToString(CultureInfo.InvariantCulture) });
        _command.Prepare();
    }

    public SqliteStatement Set(int parameter, long value)
    {
        (_command.Parameters[parameter].SqliteType, _command.Parameters[parameter].Value) = (SqliteType.Integer, value);
        return this;
    }

    public SqliteStatement Set(int parameter, string? value)
    {
        (_command.Parameters[parameter].SqliteType, _command.Parameters[parameter].Value) = (SqliteType.Text, (object?)value ?? DBNull.Value);
        return this;
    }

    public SqliteStatement Set(int parameter, byte[] value)
    {
        (_command.Parameters[parameter].SqliteType, _command.Parameters[parameter].Value) = (SqliteType.Blob, value);
        return this;
    }

    /// <summary>To its end: an incremental vacuum does its work row by row.</summary>
    public void Run()
    {
        using var rows = _command.ExecuteReader();
        while (rows.Read())
        {
        }
    }

    public long RunForNumber() => Convert.ToInt64(_command.ExecuteScalar(), CultureInfo.InvariantCulture);

    /// <summary>Rows as they come; the caller disposes the reader before the next use.</summary>
    public SqliteDataReader Query() => _command.ExecuteReader();

    public void Dispose() => _command.Dispose();
}
