using System.Threading.Channels;
using EdgeVision.Capture;
using EdgeVision.Capture.Gpio;
using EdgeVision.Events;
using EdgeVision.Frames;
using EdgeVision.Triggers;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeVision.DeviceTests.Triggers;

/// <summary>Edges of the kernel's GPIO driver against frames of the kernel's camera driver, both with the kernel's own time stamps.</summary>
public sealed class TriggerTests
{
    private const int Pulses = 5;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly FramePool _pool = new(retained: 13);
    private readonly Channel<VisionEvent> _told = Channel.CreateUnbounded<VisionEvent>();

    /// <summary>Before, nobody sees a pulse.</summary>
    private readonly TaskCompletionSource _lineOpen = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("v4l2:///dev/video0?width=640&height=360&fps=25")]
    [InlineData("test:pattern?width=160&height=120&fps=25")]
    public async Task A_pulse_gets_the_first_frame_that_began_after_its_edge(string camera)
    {
        Guest.Require();
        var line = new PulseLine(2);
        await using var trigger = Trigger(line, TriggerMatching.Next);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var reading = trigger.ReadAsync(stop.Token);
        var runs = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var seen = new SeenFrames(Open(camera));
        using (var source = new TriggeredSource(seen, trigger, _pool, TimeProvider.System) { Runs = runs.SetResult })
        {
            await using var frames = FrameMailbox.Open(source, capacity: 8, new CameraTelemetry("camera"), stop.Token);
            await using var matched = frames.ReadAllAsync().GetAsyncEnumerator(Stop);
            await Task.WhenAll(_lineOpen.Task, runs.Task).WaitAsync(Patience, Stop);
            for (var i = 1; i <= Pulses; i++)
            {
                line.Pulse();
                Assert.True(await matched.MoveNextAsync().AsTask().WaitAsync(Patience, Stop));
                using var frame = matched.Current;
                Judge(Assert.Single(frame.Triggers!), i, frame, seen.All);
            }

            await stop.CancelAsync();
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        Assert.False(_told.Reader.TryRead(out var untold), untold?.ToString());
        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public async Task Pulses_faster_than_the_camera_each_get_an_answer()
    {
        Guest.Require();
        const int Many = 40;
        var line = new PulseLine(3);
        await using var trigger = Trigger(line, TriggerMatching.Next);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var reading = trigger.ReadAsync(stop.Token);
        var runs = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var answered = new List<TriggerAnswer>();
        using (var source = new TriggeredSource(Open("test:pattern?width=160&height=120&fps=5"), trigger, _pool, TimeProvider.System) { Runs = runs.SetResult })
        {
            await using var frames = FrameMailbox.Open(source, capacity: 8, new CameraTelemetry("camera"), stop.Token);
            await using var matched = frames.ReadAllAsync().GetAsyncEnumerator(Stop);
            await Task.WhenAll(_lineOpen.Task, runs.Task).WaitAsync(Patience, Stop);
            for (var i = 1; i <= Many; i++) line.Pulse();
            while (answered.Count < Many && await matched.MoveNextAsync().AsTask().WaitAsync(Patience, Stop))
            {
                using var frame = matched.Current;
                answered.AddRange(frame.Triggers!);
            }

            await stop.CancelAsync();
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        Assert.Equal(Enumerable.Range(1, Many).Select(i => (long)i), answered.Select(a => a.Pulse.Number));
        Assert.Contains(answered, a => a.Outcome is TriggerOutcome.Shared);
        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public async Task A_pulse_without_a_camera_is_explained()
    {
        Guest.Require();
        var line = new PulseLine(4);
        await using var trigger = Trigger(line, TriggerMatching.Next);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var reading = trigger.ReadAsync(stop.Token);
        await _lineOpen.Task.WaitAsync(Patience, Stop);
        line.Pulse();
        var told = await _told.Reader.ReadAsync(Stop).AsTask().WaitAsync(Patience, Stop);

        Assert.Equal(TriggerOutcome.NoCamera, Assert.IsType<TriggerEvent>(told).Outcome);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    /// <summary>By the stamps of all frames: this one began after the edge, and the one before it did not.</summary>
    private static void Judge(TriggerAnswer answer, int number, Frame frame, IReadOnlyList<(long Sequence, long Timestamp)> seen)
    {
        var time = TimeProvider.System;
        Assert.Equal((number, TriggerOutcome.Matched), (answer.Pulse.Number, answer.Outcome));
        var place = seen.ToList().FindIndex(f => f.Sequence == frame.Sequence);
        Assert.True(place > 0, "The first frame of a stream is nobody's.");
        var toStart = time.GetElapsedTime(answer.Pulse.Timestamp, frame.Timestamp) - answer.Difference!.Value;     // from the begin of exposure to the stamp
        var before = time.GetElapsedTime(answer.Pulse.Timestamp, seen[place - 1].Timestamp) - toStart;
        Assert.True(answer.Difference >= TimeSpan.Zero, $"Frame {frame.Sequence} began {answer.Difference} after the edge.");
        // The interval that a begin is estimated by may have changed by the jitter of one frame.
        var jitter = answer.IsEstimated ? toStart / 4 : TimeSpan.Zero;
        Assert.True(before < jitter, $"Frame {seen[place - 1].Sequence} began {before} after the edge, and would have been the one.");
    }

    private CameraTrigger Trigger(PulseLine line, TriggerMatching matching)
    {
        var setting = new TriggerSetting("camera", "eye", line.Options.Line.ToString(), new TriggerRule(matching, TimeSpan.Zero, 1, TimeSpan.FromSeconds(10)), ExposureOffset: null, Queue: 8);
        var gpio = new GpioLines(NullLogger.Instance);
        return new CameraTrigger(setting, OpenLine, strobe: null, Take, new TriggerTelemetry(), TimeProvider.System, NullLogger.Instance);

        ITriggerSource OpenLine()
        {
            var opened = gpio.OpenTrigger(line.Options, LineEdge.Rising, TimeProvider.System);
            _lineOpen.SetResult();
            return opened;
        }
    }

    private Task Take(IReadOnlyList<VisionEvent> events)
    {
        foreach (var happened in events) _told.Writer.TryWrite(happened);
        return Task.CompletedTask;
    }

    private IFrameSource Open(string camera)
    {
        Assert.True(CameraUri.TryParse(camera, "/", out var uri, out var error), error);
        return FrameSources.Open(uri, _pool, TimeProvider.System);
    }
}
