using Microsoft.Extensions.Logging;

namespace EdgeVision.Delivery;

/// <summary>
/// Carries events from the outbox to one sink, in order, at the sink's pace: at-least-once. What the sink cannot take now is tried again,
/// what it will never take goes to the dead letters and the next one is sent.
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
    public DeliveryLoop(
        Outbox outbox, string sinkName, IEventSink sink, SinkTelemetry telemetry, TimeProvider time, ILogger log, RetrySchedule? retry = null)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        ArgumentNullException.ThrowIfNull(sink);
        ArgumentNullException.ThrowIfNull(telemetry);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(log);
        (_outbox, _cursor, _sink, _telemetry, _time, _log) = (outbox, outbox.Cursor(sinkName), sink, telemetry, time, log);
        _retry = retry ?? new RetrySchedule(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(30), Random.Shared);
    }

    /// <summary>
    /// Delivers until told otherwise. To stop well: stop the cameras, fire <paramref name="finishing"/>, and the loop delivers what is left
    /// and returns; fire <paramref name="stopping"/> after a deadline, and it returns at once, leaving the rest for the next start.
    /// Returns normally in both cases; may be run again.
    /// </summary>
    /// <param name="stopping">Now. What the sink has not acknowledged is sent again another time.</param>
    /// <param name="finishing">When the outbox holds nothing more for this sink. It never cuts a send short.</param>
    /// <exception cref="OutboxException">The outbox cannot be read.</exception>
    public async Task RunAsync(CancellationToken stopping, CancellationToken finishing = default)
    {
        Started(_log, _cursor.Sink, _outbox.Depth(_cursor.Sink));
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, finishing);
        try
        {
            while (!stopping.IsCancellationRequested)
            {
                // Before reading: a commit in between must not be slept through.
                var committed = _outbox.Committed.Next;
                var batch = await ReadAsync(either.Token, finishing).ConfigureAwait(false);
                if (batch.Count > 0 && await IsHeldAsync(batch, committed, either.Token).ConfigureAwait(false)) continue;
                if (batch.Count > 0) await DeliverAsync(batch, stopping, either.Token).ConfigureAwait(false);
                else if (finishing.IsCancellationRequested) break;
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Asked to stop.
        }

        ReportRejections(always: true);
    }

    /// <summary>Empty only when it is time to finish and nothing is left, or time to stop.</summary>
    private async ValueTask<IReadOnlyList<OutboxEntry>> ReadAsync(CancellationToken either, CancellationToken finishing)
    {
        var options = _outbox.Options;
        try
        {
            if (!finishing.IsCancellationRequested) return await _cursor.ReadAsync(options.BatchSize, options.BatchBytes, either).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (finishing.IsCancellationRequested)
        {
            // Waiting is over; what is there is still delivered.
        }

        return _cursor.Read(options.BatchSize, options.BatchBytes);
    }

    /// <summary>True when the sink wanted to see what else comes, and something did, or it is time to ask again.</summary>
    private async ValueTask<bool> IsHeldAsync(IReadOnlyList<OutboxEntry> batch, Task committed, CancellationToken either)
    {
        if (either.IsCancellationRequested) return false;
        var wait = _sink.Linger(batch);
        if (wait <= TimeSpan.Zero || IsCut(batch, committed)) return false;
        try
        {
            await committed.WaitAsync(wait, _time, either).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            // Nothing came.
        }

        return true;
    }

    /// <summary>More waits than a batch may hold: there is no sense in waiting for more. What came after the batch was read does not count.</summary>
    private bool IsCut(IReadOnlyList<OutboxEntry> batch, Task committed) => !committed.IsCompleted && _outbox.LastSequence > batch[^1].Sequence;

    private async ValueTask DeliverAsync(IReadOnlyList<OutboxEntry> batch, CancellationToken stopping, CancellationToken either)
    {
        var result = await SendAsync(batch, stopping).ConfigureAwait(false);
        if (result.Accepted < 0 || result.Accepted > batch.Count || (result.Accepted == batch.Count) != (result.Outcome == DeliveryOutcome.Accepted))
            throw new InvalidOperationException($"Sink '{_cursor.Sink}' reported {result.Outcome} after {result.Accepted} of {batch.Count} events.");

        if (result.Accepted > 0) Accept(batch, result.Accepted);
        switch (result.Outcome)
        {
            case DeliveryOutcome.Rejected:
                Delivering();
                await RejectAsync(batch[result.Accepted], result.Reason ?? "no reason given", stopping).ConfigureAwait(false);
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

    private void Accept(IReadOnlyList<OutboxEntry> batch, int accepted)
    {
        _cursor.Advance(batch[accepted - 1].Sequence);
        _telemetry.CountAccepted(accepted);
        var now = _time.GetUtcNow();
        for (var i = 0; i < accepted; i++)
        {
            // Events of an earlier process waited for this one to start: that says nothing about the way.
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
        _episodeReported = false;
    }

    private async ValueTask RejectAsync(OutboxEntry entry, string reason, CancellationToken stopping)
    {
        await _cursor.RejectAsync(entry, reason, stopping).ConfigureAwait(false);
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
