using EdgeVision.Capture;
using EdgeVision.Events;
using EdgeVision.Frames;
using EdgeVision.Triggers;

namespace EdgeVision.DeviceTests.Triggers;

/// <summary>Edges of the kernel's GPIO driver against frames of the kernel's camera driver, both with the kernel's own time stamps.</summary>
public sealed class TriggerTests
{
    private const int Pulses = 5;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly FramePool _pool = new(retained: 13);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("v4l2:///dev/video0?width=640&height=360&fps=25")]
    [InlineData("test:pattern?width=160&height=120&fps=25")]
    public async Task A_pulse_gets_the_first_frame_that_began_after_its_edge(string camera)
    {
        Guest.Require();
        await using (var eye = new PhotoEye(offset: 2))
        {
            var seen = new SeenFrames(Open(camera));
            using var source = new TriggeredSource(seen, eye.Trigger, _pool, TimeProvider.System) { Runs = eye.CameraRuns };
            await using var frames = FrameMailbox.Open(source, capacity: 8, new CameraTelemetry("camera"), Stop);
            await eye.ReadyAsync(Patience);
            var matched = frames.ReadAllAsync().GetAsyncEnumerator(Stop);
            for (var i = 1; i <= Pulses; i++)
            {
                eye.Pulse();
                using var frame = await NextAsync(matched);
                Judge(Assert.Single(frame.Triggers!), i, frame, seen.All);
            }

            Assert.False(eye.Told.TryRead(out var untold), untold?.ToString());
        }

        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public async Task Pulses_faster_than_the_camera_share_its_frame()
    {
        Guest.Require();
        await using (var eye = new PhotoEye(offset: 3))
        {
            using var source = new TriggeredSource(Open("test:pattern?width=160&height=120&fps=2"), eye.Trigger, _pool, TimeProvider.System) { Runs = eye.CameraRuns };
            await using var frames = FrameMailbox.Open(source, capacity: 8, new CameraTelemetry("camera"), Stop);
            await eye.ReadyAsync(Patience);
            var matched = frames.ReadAllAsync().GetAsyncEnumerator(Stop);
            for (var i = 1; i <= 20; i++)
            {
                eye.Pulse();
                await eye.TakenAsync(Patience);     // gpio-sim makes one edge of two that it has not delivered yet
            }

            var answered = new List<TriggerAnswer>();
            while (answered.Count < 20)
            {
                using var frame = await NextAsync(matched);
                answered.AddRange(frame.Triggers!);
            }

            Assert.Equal(Enumerable.Range(1, 20).Select(i => (long)i), answered.Select(a => a.Pulse.Number));
            Assert.Contains(answered, a => a.Outcome is TriggerOutcome.Shared);
        }

        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public async Task A_pulse_without_a_camera_is_explained()
    {
        Guest.Require();
        await using var eye = new PhotoEye(offset: 4);
        eye.CameraRuns();     // so that only the line is waited for
        await eye.ReadyAsync(Patience);
        eye.Pulse();

        Assert.Equal(TriggerOutcome.NoCamera, Assert.IsType<TriggerEvent>(await eye.Told.ReadAsync(Stop).AsTask().WaitAsync(Patience, Stop)).Outcome);
    }

    [Fact]
    public async Task A_line_that_somebody_else_has_is_one_sentence_and_the_next_attempt_gets_it()
    {
        Guest.Require();
        await using var second = new PhotoEye(offset: 5, starts: false);
        await using (var first = new PhotoEye(offset: 5))
        {
            first.CameraRuns();
            await first.ReadyAsync(Patience);
            var refused = await Assert.ThrowsAsync<CaptureException>(() => second.Trigger.ReadAsync(Stop));
            Assert.Contains("is in use by", refused.Message, StringComparison.Ordinal);
        }

        second.CameraRuns();
        second.Start();
        await second.ReadyAsync(Patience);
    }

    /// <summary>The enumerator is not disposed: one that still waits would hide the timeout behind an error of its own.</summary>
    private static async Task<Frame> NextAsync(IAsyncEnumerator<Frame> matched)
    {
        var next = matched.MoveNextAsync().AsTask();
        if (await Task.WhenAny(next, Task.Delay(Patience, TimeProvider.System, Stop)) != next) Assert.Fail("No frame came for a pulse.");
        Assert.True(await next);
        return matched.Current;
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

    private IFrameSource Open(string camera)
    {
        Assert.True(CameraUri.TryParse(camera, "/", out var uri, out var error), error);
        return FrameSources.Open(uri, _pool, TimeProvider.System);
    }
}
