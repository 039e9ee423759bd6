using System.Globalization;
using EdgeVision.Delivery;
using EdgeVision.Events;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Triggers;

/// <summary>What pulses without a frame get: an event each, a line of the log a second at most.</summary>
public sealed partial class CameraTrigger
{
    private const int BatchSize = 64;

    private static readonly TimeSpan ReportEvery = TimeSpan.FromSeconds(1);

    private long _unanswered;
    private long? _reportedAt;

    /// <summary>Under the lock.</summary>
    private void Explain(TriggerAnswer answer, long? frame)
    {
        var told = EventOf(answer, frame) with { Missing = answer.Shots };
        if (_untold.Writer.TryWrite(told)) Count(answer);
        else Lose(1, answer.Pulse.Number, $"More than {MaxUntold} explanations wait for the disk; look at the outbox.");
    }

    private void Count(TriggerAnswer answer)
    {
        _telemetry.Count(answer.Outcome, answer.Shots);
        if (answer.Difference is { } difference) _telemetry.Difference.Record(difference.Duration());
    }

    private TriggerEvent EventOf(TriggerAnswer answer, long? frame) => new()
    {
        Camera = _setting.Camera,
        Time = answer.Pulse.At,
        Trigger = _setting.Name,
        Line = _setting.Line,
        Edge = answer.Pulse.Number,
        EdgeTime = answer.Pulse.At,
        Outcome = answer.Outcome,
        Shot = answer.Shot,
        Burst = _setting.Rule.Burst,
        Difference = answer.Difference,
        IsEstimated = answer.IsEstimated,
        SharedWith = answer.SharedWith,
        Reason = answer.Reason,
        FrameSequence = frame,
    };

    private async Task TellAsync(Func<IReadOnlyList<VisionEvent>, Task> tell)
    {
        var batch = new List<VisionEvent>(BatchSize);
        try
        {
            while (await _untold.Reader.WaitToReadAsync().ConfigureAwait(false))
            {
                while (batch.Count < BatchSize && _untold.Reader.TryRead(out var happened))
                {
                    if (happened is not null) batch.Add(happened);
                }

                TakeLater(batch);
                if (TakeLost() is { } lost) batch.Add(lost);
                if (batch.Count == 0) continue;
                Report(batch);
                await tell(batch).ConfigureAwait(false);
                batch.Clear();
            }

            // What came last has nothing behind it that would wake anybody.
            TakeLater(batch);
            if (TakeLost() is { } last) batch.Add(last);
            if (batch.Count > 0) await tell(batch).ConfigureAwait(false);
        }
        catch (OutboxException)
        {
            // It was closed over a disk that refuses, and tells itself what it could not keep.
        }
    }

    /// <summary>What found no room among the explanations.</summary>
    private void TakeLater(List<VisionEvent> batch)
    {
        lock (_gate)
        {
            while (_later.TryDequeue(out var happened)) batch.Add(happened);
        }
    }

    private TriggerEvent? TakeLost()
    {
        lock (_gate)
        {
            if (!_lost.TryTake(out var count, out var last, out var reason)) return null;
            return new TriggerEvent
            {
                Camera = _setting.Camera,
                Time = _time.GetUtcNow(),
                Trigger = _setting.Name,
                Line = _setting.Line,
                Edge = last,
                EdgeTime = null,
                Outcome = TriggerOutcome.Lost,
                Missing = count,
                Reason = reason,
            };
        }
    }

    private void Report(List<VisionEvent> told)
    {
        string? reason = null;
        foreach (var happened in told)
        {
            if (happened is not TriggerEvent { Missing: > 0 } unanswered) continue;
            _unanswered++;
            reason = unanswered.Reason;
        }

        var now = _time.GetTimestamp();
        if (reason is null || (_reportedAt is { } before && _time.GetElapsedTime(before, now) < ReportEvery)) return;
        Unanswered(_log, _setting.Name, _setting.Camera, _unanswered.ToString(CultureInfo.InvariantCulture), reason);
        (_reportedAt, _unanswered) = (now, 0);
    }

    [LoggerMessage(EventIds.PulsesUnanswered, LogLevel.Warning, "Trigger {Trigger} of camera {Camera}: {Count} explanations of pulses without a frame of their own; the last: {Reason}")]
    private static partial void Unanswered(ILogger log, string trigger, string camera, string count, string reason);
}
