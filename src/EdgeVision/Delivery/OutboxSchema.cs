using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Delivery;

/// <summary>The tables of <c>outbox.db</c>, and the way there from older ones.</summary>
internal static partial class OutboxSchema
{
    /// <summary>In <c>PRAGMA user_version</c>. Changes with the tables.</summary>
    public const int Version = 2;

    // The meta table keeps its shape in every version: a newer file must be able to say who wrote it.
    // camera '' in counter is the node itself. cursor.sequence: delivered up to and including.
    private const string Version1 = """
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

    // eventfamily: the oldest of a family without a search. age: see OutboxAges, wall in UTC ticks. loss: what no event has told of yet.
    private const string From1To2 = """
        CREATE INDEX eventfamily ON event (family);
        CREATE TABLE age (sequence INTEGER PRIMARY KEY, held INTEGER NOT NULL, wall INTEGER NOT NULL) STRICT;
        CREATE TABLE loss (family INTEGER PRIMARY KEY, count INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL) STRICT;
        """;

    // In version 1 a sink that had taken nothing had no row; events were held for it all the same, and the nameless one remembers that.
    private const string Carry1To2 = "INSERT INTO cursor (sink, sequence) SELECT '', min(sequence) - 1 FROM event HAVING count(*) > 0;";

    public static void Create(SqliteConnection connection) =>
        OutboxFile.Execute(connection, $"BEGIN IMMEDIATE; {Version1} {From1To2} PRAGMA application_id = {OutboxFile.ApplicationId}; PRAGMA user_version = {Version}; COMMIT");

    /// <summary>All of it or nothing: a kill in between leaves the older file.</summary>
    public static void Migrate(SqliteConnection connection, string path, long from, ILogger log)
    {
        var backup = $"{path}.v{from}.bak";
        var isKept = TryBackUp(connection, backup, log);
        OutboxFile.Execute(connection, $"BEGIN IMMEDIATE; {From1To2} {Carry1To2} PRAGMA user_version = {Version}; COMMIT");
        Migrated(log, path, from, Version, isKept ? backup : "none");
    }

    /// <summary>No room for a copy is no reason to hold events back: the step is one transaction and takes nothing away.</summary>
    private static bool TryBackUp(SqliteConnection connection, string backup, ILogger log)
    {
        var half = backup + ".tmp";
        try
        {
            File.Delete(half);
            using (OwnedFile.Create(half))
            {
                // VACUUM INTO takes an empty file as it is, with our permissions.
            }

            using var command = connection.CreateCommand();
            command.CommandText = "VACUUM INTO $half";
            command.Parameters.AddWithValue("$half", half);
            command.ExecuteNonQuery();
            File.Move(half, backup, overwrite: true);
            return true;
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            NotBackedUp(log, backup, OutboxTrouble.Short(e));
        }

        try
        {
            File.Delete(half);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Said above: the disk does not take it.
        }

        return false;
    }

    [LoggerMessage(EventIds.OutboxMigrated, LogLevel.Information, "Outbox {Path} was brought from schema version {From} to {To}; backup: {Backup}.")]
    private static partial void Migrated(ILogger logger, string path, long from, int to, string backup);

    [LoggerMessage(EventIds.OutboxNotBackedUp, LogLevel.Warning, "There is no backup {Backup} of the outbox before its upgrade ({Reason}); the upgrade goes on, in one transaction.")]
    private static partial void NotBackedUp(ILogger logger, string backup, string reason);
}
