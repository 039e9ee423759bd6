using Microsoft.Extensions.Logging;

namespace EdgeVision.Delivery;

/// <summary>
/// Carries events from the outbox to one sink, in the order of <see cref="DeliveryOptions"/>, at the sink's pace: at-least-once. What the
/// sink cannot take now is tried again, what it will never take goes to the dead letters and the next one is sent.
/// </summary>
public sealed partial class DeliveryLoop
{
    private static readonly TimeSpan RejectionReport = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryReport = TimeSpan.FromMinutes(1);

    /// <summary>A sink that takes an event now and then makes many short episodes; not each is worth a line.</summary>
    private static readonly TimeSpan EpisodeReport = TimeSpan.FromSeconds(10);

    private readonly Outbox _outbox;
    private readonly OutboxCursor _cursor;
    private readonly IEventSink _sink;
    private readonly SinkTelemetry _telemetry;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly RetrySchedule _retry;
    private readonly DeliveryTurns _turns;
    private bool _isBack;
    private long _failingSince;
    private long? _reportedRetry;
    private bool _episodeReported;
    private long? _reportedRejection;
    private int _rejections;

    /// <param name="outbox">Opened with <paramref name="sinkName"/> among its sinks.</param>
    /// <param name="sinkName">Names the cursor.</param>
    /// <param name="sink">Stays the caller's to dispose, after the loop has ended.</param>
    /// <param name="telemetry">Of this sink.</param>
    /// <param name="time">Times retries and reports.</param>
    /// <param name="log">For episodes of failure and rejected events.</param>
    /// <param name="retry">By default 200 ms to 30 s.</param>
    /// <param name="options">How it catches up; oldest first by default.</param>
    public DeliveryLoop(
        Outbox outbox, string sinkName, IEventSink sink, SinkTelemetry telemetry, TimeProvider time, ILogger log, RetrySchedule? retry = null, DeliveryOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        ArgumentNullException.ThrowIfNull(sink);
        ArgumentNullException.ThrowIfNull(telemetry);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(log);
        (_outbox, _cursor, _sink, _telemetry, _time, _log) = (outbox, outbox.Cursor(sinkName), sink, telemetry, time, log);
        _retry = retry ?? new RetrySchedule(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(30), Random.Shared);
        _turns = new DeliveryTurns(outbox, _cursor, options ?? DeliveryOptions.Default, time);
    }

    /// <summary>
    /// Delivers until told otherwise. To stop well: stop the cameras, fire <paramref name="finishing"/>, and the loop delivers what is left
    /// and returns; fire <paramref name="stopping"/> after a deadline, and it returns at once, leaving the rest for the next start.
    /// Returns normally in both cases; may be run again.
    /// </summary>
    /// <param name="stopping">Now. What the sink has not acknowledged is sent again another time.</param>
    /// <param name="finishing">When the outbox holds nothing more for this sink, or nothing that <see cref="DeliveryOptions.BacklogPerSecond"/> lets go now. It never cuts a send short.</param>
    /// <exception cref="OutboxException">The outbox cannot be read.</exception>
    public async Task RunAsync(CancellationToken stopping, CancellationToken finishing = default)
    {
        Started(_log, _cursor.Sink, _outbox.Depth(_cursor.Sink));
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, finishing);
        _isBack = true;
        try
        {
            while (!stopping.IsCancellationRequested)
            {
                // Before reading: a commit in between must not be slept through.
                var committed = _outbox.Committed.Next;
                NoteBacklog();
                var batch = _turns.Next();
                if (batch.Entries.Count == 0)
                {
                    if (finishing.IsCancellationRequested) break;
                    await SleepAsync(committed, _turns.Wait ?? Timeout.InfiniteTimeSpan, either.Token).ConfigureAwait(false);
                    continue;
                }

                if (!batch.IsBehind && await IsHeldAsync(batch.Entries, committed, either.Token).ConfigureAwait(false)) continue;
                await DeliverAsync(batch, stopping, either.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Asked to stop.
        }

        ReportRejections(always: true);
    }

    /// <summary>After the start and after every outage: what waits by then is old.</summary>
    private void NoteBacklog()
    {
        if (!_isBack) return;
        _isBack = false;
        if (_turns.NoteBacklog() is var waiting and > 0) BacklogFound(_log, _cursor.Sink, waiting, _turns.Words);
    }

    /// <summary>Until something is appended or asked for, <paramref name="wait"/> is over, or it is time to finish or stop: the caller looks.</summary>
    private async ValueTask SleepAsync(Task committed, TimeSpan wait, CancellationToken either)
    {
        try
        {
            await committed.WaitAsync(wait, _time, either).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            // Nothing came.
        }
    }

    /// <summary>True when the sink wanted to see what else comes, and something did, or it is time to ask again.</summary>
    private async ValueTask<bool> IsHeldAsync(IReadOnlyList<OutboxEntry> batch, Task committed, CancellationToken either)
    {
        if (either.IsCancellationRequested) return false;
        var wait = _sink.Linger(batch);
        if (wait <= TimeSpan.Zero || IsCut(batch, committed)) return false;
        if (_turns.BehindWait is { } behind && behind < wait) wait = behind;
        if (wait > TimeSpan.Zero) await SleepAsync(committed, wait, either).ConfigureAwait(false);
        _turns.Yield();
        return true;
    }

    /// <summary>More waits than a batch may hold: there is no sense in waiting for more. What came after the batch was read does not count.</summary>
    private bool IsCut(IReadOnlyList<OutboxEntry> batch, Task committed) => !committed.IsCompleted && _outbox.LastSequence > batch[^1].Sequence;

    private async ValueTask DeliverAsync(DeliveryBatch turn, CancellationToken stopping, CancellationToken either)
    {
        var batch = turn.Entries;
        var result = await SendAsync(batch, stopping).ConfigureAwait(false);
        if (result.Accepted < 0 || result.Accepted > batch.Count || (result.Accepted == batch.Count) != (result.Outcome == DeliveryOutcome.Accepted))
            throw new InvalidOperationException($"Sink '{_cursor.Sink}' reported {result.Outcome} after {result.Accepted} of {batch.Count} events.");

        if (result.Accepted > 0) Accept(turn, result.Accepted);
        switch (result.Outcome)
        {
            case DeliveryOutcome.Rejected:
                Delivering();
                await RejectAsync(turn, batch[result.Accepted], result.Reason ?? "no reason given", stopping).ConfigureAwait(false);
                break;
            case DeliveryOutcome.RetryLater:
                await WaitAsync(result.Reason ?? "no reason given", stopping, either).ConfigureAwait(false);
                break;
            default:
                Delivering();
                ReportRejections(always: false);
                break;
        }
    }

    private async ValueTask<DeliveryResult> SendAsync(IReadOnlyList<OutboxEntry> batch, CancellationToken stopping)
    {
        _telemetry.Sends(_time.GetTimestamp());
        try
        {
            return await _sink.SendAsync(batch, stopping).ConfigureAwait(false);
        }
        finally
        {
            _telemetry.HasSent();
        }
    }

    private void Accept(DeliveryBatch turn, int accepted)
    {
        var batch = turn.Entries;
        if (turn.IsBehind) _cursor.AdvanceBehind(batch[accepted - 1].Sequence);
        else _cursor.Advance(batch[accepted - 1].Sequence);
        _turns.Count(turn, accepted);
        _telemetry.CountAccepted(accepted);
        var now = _time.GetUtcNow();
        // Events that wait on purpose, or for this process to start, say nothing about the way.
        for (var i = 0; i < accepted && !turn.IsOld; i++)
        {
            if (batch[i].Sequence >= _outbox.FirstSequence) _telemetry.Latency.Record(now - batch[i].Time);
        }

        Delivering();
    }

    /// <summary>The other side answers: an episode of failure, if there was one, is over.</summary>
    private void Delivering()
    {
        if (_retry.Attempts == 0) return;
        if (_episodeReported) Recovered(_log, _cursor.Sink, _time.GetElapsedTime(_failingSince).TotalSeconds, _retry.Attempts, _outbox.Depth(_cursor.Sink));
        _retry.Reset();
        (_episodeReported, _isBack) = (false, true);
    }

    private async ValueTask RejectAsync(DeliveryBatch turn, OutboxEntry entry, string reason, CancellationToken stopping)
    {
        if (turn.IsBehind) await _cursor.RejectBehindAsync(entry, reason, stopping).ConfigureAwait(false);
        else await _cursor.RejectAsync(entry, reason, stopping).ConfigureAwait(false);
        _turns.Count(turn, 1);
        _telemetry.CountRejected();
        _rejections++;
        if (_reportedRejection is { } at && _time.GetElapsedTime(at) < RejectionReport) return;
        Rejected(_log, _cursor.Sink, _rejections, entry.Sequence, reason);
        (_reportedRejection, _rejections) = (_time.GetTimestamp(), 0);
    }

    private void ReportRejections(bool always)
    {
        if (_rejections == 0 || (!always && _time.GetElapsedTime(_reportedRejection!.Value) < RejectionReport)) return;
        RejectedMore(_log, _cursor.Sink, _rejections);
        (_reportedRejection, _rejections) = (_time.GetTimestamp(), 0);
    }

    private async ValueTask WaitAsync(string reason, CancellationToken stopping, CancellationToken either)
    {
        _telemetry.CountRetry();
        if (_retry.Attempts == 0) _failingSince = _time.GetTimestamp();
        var wait = _retry.Next();
        if (_reportedRetry is not { } at || _time.GetElapsedTime(at) >= (_episodeReported ? RetryReport : EpisodeReport))
        {
            (_reportedRetry, _episodeReported) = (_time.GetTimestamp(), true);
            Retrying(_log, _cursor.Sink, reason, wait.TotalSeconds, _outbox.Depth(_cursor.Sink));
        }

        // A wait that finishing cuts short is followed by one more attempt at once; the waits after that are whole ones.
        var token = either.IsCancellationRequested ? stopping : either;
        try
        {
            await Task.Delay(wait, _time, token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            // Finishing: try at once.
        }
    }
}
