using System.Globalization;
using EdgeVision.Events;
using EdgeVision.Frames;
using EdgeVision.Inference;
using EdgeVision.Outputs;
using EdgeVision.Triggers;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeVision.Module.Commands;

/// <summary>
/// Waits for pulses and takes the time of each step: edge to exposure, to the frame in our hands, to the end of detection, to the output line.
/// The parts are those of the node (trigger, mailbox, detector); only the outbox and the broker are left out.
/// </summary>
internal sealed class LatencyRun(IFrameSource camera, Func<ITriggerSource> line, IDetector detector, FrameDecoder decode, IOutputLine? output, FramePool pool, TimeProvider time)
{
    private readonly DetectionList _found = new();

    /// <summary>Until so many pulses were answered, the camera ended, or <paramref name="stopping"/> fired, which is an ordinary end here.</summary>
    /// <param name="pulses">More than 0.</param>
    /// <param name="measured">Told of each frame.</param>
    /// <param name="unanswered">Told of each pulse without one: a sentence.</param>
    /// <param name="stopping">Ends it.</param>
    /// <exception cref="CaptureException">The camera or the line failed.</exception>
    public async Task RunAsync(long pulses, Action<LatencySample> measured, Action<string> unanswered, CancellationToken stopping)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var done = new PulseCount(pulses, measured, unanswered, enough);
        await using var trigger = new CameraTrigger(Setting, line, strobe: null, done.Explained, new TriggerTelemetry(), time, NullLogger.Instance);
        // A line that fails ends the run at once; its sentence is thrown when the camera is closed.
        var reading = trigger.ReadAsync(enough.Token);
        _ = reading.ContinueWith(static (_, end) => ((CancellationTokenSource)end!).Cancel(), enough, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        try
        {
            using var source = new TriggeredSource(camera, trigger, pool, time);
            await ReadAsync(source, trigger, done, enough.Token);
        }
        finally
        {
            await enough.CancelAsync();
            await EndedAsync(reading);
        }
    }

    private static TriggerSetting Setting { get; } =
        new("camera", "latency", "line", new TriggerRule(TriggerMatching.Next, TimeSpan.Zero, Burst: 1, TimeSpan.FromSeconds(1)), ExposureOffset: null, Queue: 8);

    private async Task ReadAsync(TriggeredSource source, CameraTrigger trigger, PulseCount done, CancellationToken stopping)
    {
        try
        {
            await using var frames = FrameMailbox.Open(source, rate: null, trigger.Queue, new CameraTelemetry("camera"), stopping,
                (frame, _) => trigger.Explain(frame, TriggerOutcome.Dropped, "The frame gave way before detection, or the run ended."));
            await foreach (var frame in frames.ReadAllAsync())
            {
                using (frame) await MeasureAsync(frame, trigger, done, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Enough pulses, or somebody pressed Ctrl-C.
        }
    }

    private async ValueTask MeasureAsync(Frame frame, CameraTrigger trigger, PulseCount done, CancellationToken stopping)
    {
        var taken = time.GetTimestamp();
        _found.Clear();
        if (frame.Format.Pixels is PixelFormat.Jpeg && !decode(frame, detector.LeastScale(frame.Width, frame.Height), out var reason))
        {
            trigger.Explain(frame, TriggerOutcome.Failed, $"The frame is no picture: {reason}.");
            return;
        }

        var status = await detector.DetectAsync(frame, _found, stopping);
        if (status is not DetectionStatus.Ok)
        {
            trigger.Explain(frame, TriggerOutcome.Failed, $"The detector answered {status}.");
            return;
        }

        var detected = time.GetTimestamp();
        output?.Write(active: true);
        var written = time.GetTimestamp();
        foreach (var answer in frame.Triggers ?? [])
        {
            done.Measured(new LatencySample(
                answer.Pulse.Number, frame.Sequence, answer.Difference!.Value, answer.IsEstimated, Since(answer, taken), Since(answer, detected),
                output is null ? null : Since(answer, written), answer.Reason));
        }

        output?.Write(active: false);
    }

    private static async Task EndedAsync(Task reading)
    {
        try
        {
            await reading;
        }
        catch (OperationCanceledException)
        {
        }
    }

    private TimeSpan Since(TriggerAnswer answer, long timestamp) => time.GetElapsedTime(answer.Pulse.Timestamp, timestamp);

    /// <summary>Hands results on, one at a time, and ends the run with the last.</summary>
    private sealed class PulseCount(long pulses, Action<LatencySample> measured, Action<string> unanswered, CancellationTokenSource enough)
    {
        private readonly Lock _gate = new();
        private long _left = pulses;

        public void Measured(LatencySample sample)
        {
            lock (_gate)
            {
                if (_left > 0) measured(sample);
                One();
            }
        }

        public Task Explained(IReadOnlyList<VisionEvent> events)
        {
            lock (_gate)
            {
                foreach (var told in events.OfType<TriggerEvent>())
                {
                    if (_left > 0) unanswered($"Pulse {told.Edge.ToString(CultureInfo.InvariantCulture)}: {told.Reason}");
                    One();
                }
            }

            return Task.CompletedTask;
        }

        private void One()
        {
            if (--_left == 0) enough.Cancel();
        }
    }
}
