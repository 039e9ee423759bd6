using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Delivery;

/// <content>A disk that refuses: keep what there is, say so once, try again, make room.</content>
internal sealed partial class OutboxWriter
{
    private void Failed(Exception e)
    {
        Interlocked.Increment(ref _failures);
        if (!_failing)
        {
            _failingSince = _time.GetTimestamp();
            Volatile.Write(ref _failing, true);
            _diskIsFull = false;
            WriteFailed(_logger, _path, OutboxTrouble.Short(e), OutboxTrouble.Fix(e as SqliteException));
        }

        _diskIsFull |= e is SqliteException { SqliteErrorCode: SQLitePCL.raw.SQLITE_FULL };
        (_retryFrom, _retryIn) = (_time.GetTimestamp(), _retry.Next());
    }

    private void Recovered()
    {
        if (!_failing) return;
        Volatile.Write(ref _failing, false);
        (_diskIsFull, _holdsInMemory) = (false, false);
        Volatile.Write(ref _inMemory, 0);
        WriteRecovered(_logger, _path, _time.GetElapsedTime(_failingSince).TotalSeconds, _retry.Attempts);
        _retry.Reset();
    }

    /// <summary>On a full disk the log's space can be used again, and deleting what is delivered makes room inside the file.</summary>
    private void MakeRoom()
    {
        try
        {
            _ledger.Checkpoint();
        }
        catch (SqliteException)
        {
            // Not even that. What is being retried will say why.
        }

        Keep(appends: false);
    }

    [LoggerMessage(EventIds.OutboxOpened, LogLevel.Information, "Outbox {Path} is open: last sequence {Last}, {Held} events held.")]
    private static partial void Opened(ILogger logger, string path, long last, long held);

    [LoggerMessage(EventIds.OutboxWriteFailed, LogLevel.Error, "Outbox {Path} cannot be written ({Reason}); events wait and nothing is lost, but cameras drop frames. {Fix}")]
    private static partial void WriteFailed(ILogger logger, string path, string reason, string fix);

    [LoggerMessage(EventIds.OutboxWriteRecovered, LogLevel.Information, "Outbox {Path} is written again after {Seconds:0.0} s and {Attempts} attempts.")]
    private static partial void WriteRecovered(ILogger logger, string path, double seconds, int attempts);

    [LoggerMessage(EventIds.OutboxClosedWithLoss, LogLevel.Error, "Outbox {Path} was closed before its disk took {Count} events; they are lost. Look at the disk.")]
    private static partial void ClosedWithLoss(ILogger logger, Exception? bug, string path, int count);
}
