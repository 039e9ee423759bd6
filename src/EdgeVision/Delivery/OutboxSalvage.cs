using System.Globalization;
using Microsoft.Data.Sqlite;

namespace EdgeVision.Delivery;

/// <summary>What a new file must know of a damaged one, so that no consumer sees a number twice.</summary>
/// <param name="Counters">By camera, '' for the node; a camera that is missing goes on at <paramref name="Floor"/>.</param>
/// <param name="Cursors">By sink.</param>
/// <param name="Floor">Counters nobody knows begin behind this.</param>
/// <param name="MayBeLost">Events that were held and not known to be delivered; the count is of those that were surely there.</param>
internal sealed record OutboxSalvage(Dictionary<string, long> Counters, Dictionary<string, long> Cursors, long Floor, EventLoss MayBeLost)
{
    /// <summary>Reads what can be read of the file. What it says counts only when it agrees with <paramref name="reserved"/>.</summary>
    public static OutboxSalvage Of(string path, long reserved)
    {
        var counters = new Dictionary<string, long>(StringComparer.Ordinal);
        var cursors = new Dictionary<string, long>(StringComparer.Ordinal);
        var (newest, oldest) = (0L, 0L);
        try
        {
            using var file = OutboxFile.Connect(path, SqliteOpenMode.ReadWrite);
            Read(file, "SELECT camera, value FROM counter", counters);
            Read(file, "SELECT sink, sequence FROM cursor", cursors);
            var bounds = new Dictionary<string, long>(StringComparer.Ordinal);
            Read(file, "SELECT 'newest', max(sequence) FROM event UNION ALL SELECT 'oldest', min(sequence) FROM event", bounds);
            (newest, oldest) = (bounds.GetValueOrDefault("newest"), bounds.GetValueOrDefault("oldest"));
        }
        catch (SqliteException)
        {
            // Not even opened.
        }

        var told = Math.Max(newest, counters.GetValueOrDefault(""));
        var isCredible = told > 0 && (reserved == 0 || (told <= reserved && told >= reserved - SequenceNote.Step));
        var last = isCredible ? told : reserved;
        if (!isCredible) counters.Clear();
        counters[""] = last;
        var delivered = cursors.Count > 0 ? Math.Clamp(cursors.Values.Min(), 0, last) : 0;
        var from = Math.Max(isCredible ? oldest : 0, delivered + 1);
        foreach (var sink in cursors.Keys.ToList()) cursors[sink] = last; // nothing before it is there any more
        return new OutboxSalvage(counters, cursors, last, new EventLoss(isCredible ? Math.Max(0, last - from + 1) : 0, last == 0 || from > last ? 0 : from, last, null));
    }

    /// <summary>Row by row, until the damage.</summary>
    private static void Read(SqliteConnection file, string sql, Dictionary<string, long> into)
    {
        try
        {
            using var command = file.CreateCommand();
            command.CommandText = sql;
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                if (reader.GetValue(0) is string name && reader.GetValue(1) is long value and >= 0 and < long.MaxValue / 4) into[name] = value;
            }
        }
        catch (Exception e) when (e is SqliteException or InvalidOperationException or FormatException or OverflowException or ArgumentException)
        {
            // What came before it counts.
        }
    }

    /// <summary>Into a new file, before anything else.</summary>
    public void WriteTo(SqliteConnection connection)
    {
        using var transaction = connection.BeginTransaction();
        Write(connection, transaction, "INSERT INTO counter (camera, value) VALUES ($name, $value)", Counters);
        Write(connection, transaction, "INSERT INTO cursor (sink, sequence) VALUES ($name, $value)", Cursors);
        using var floor = connection.CreateCommand();
        floor.Transaction = transaction;
        floor.CommandText = "INSERT INTO meta (name, value) VALUES ('floor', $floor)";
        floor.Parameters.AddWithValue("$floor", Floor.ToString(CultureInfo.InvariantCulture));
        floor.ExecuteNonQuery();
        transaction.Commit();
    }

    private static void Write(SqliteConnection connection, SqliteTransaction transaction, string sql, Dictionary<string, long> values)
    {
        foreach (var (name, value) in values)
        {
            using var command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = sql;
            command.Parameters.AddWithValue("$name", name);
            command.Parameters.AddWithValue("$value", value);
            command.ExecuteNonQuery();
        }
    }
}
