using EdgeVision.Events;
using EdgeVision.Frames;
using EdgeVision.Tests.Doubles;
using EdgeVision.Triggers;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EdgeVision.Tests.Triggers;

public sealed class TriggeredSourceTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new(Some.Moment);
    private readonly FramePool _driver = new();
    private readonly FramePool _pool = new();
    private readonly ScriptedTrigger _line = new();
    private readonly CollectedEvents _told = new();
    private readonly TriggerTelemetry _telemetry = new();
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private CameraTrigger? _trigger;
    private Task _reading = Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading.ContinueWith(static _ => { }, TaskScheduler.Default);
        if (_trigger is not null) await _trigger.DisposeAsync();
        _stop.Dispose();
        Assert.Equal((0, 0), (_driver.Rented, _pool.Rented));
    }

    [Fact]
    public async Task Only_frames_of_pulses_come_through_each_with_its_pulse_and_in_memory_of_its_own()
    {
        using var camera = new ScriptedCamera(_driver, _time);
        using var source = Open(camera);
        foreach (var ms in (int[])[0, 40, 80]) camera.Frame(Units(ms));
        var reading = Task.Run(() => Read(source, 1));
        await camera.AskedAsync(4);                // all three came, none was asked for
        await PulseAsync(1, 100);
        camera.Frame(Units(120));

        using var frame = Assert.Single(await reading);
        Assert.Equal((4, Units(120), 4), (frame.Sequence, frame.Timestamp, (int)frame.Pixels[0]));
        var answer = Assert.Single(frame.Triggers!);
        Assert.Equal((1, TriggerOutcome.Matched, TimeSpan.FromMilliseconds(20)), (answer.Pulse.Number, answer.Outcome, answer.Difference));
        Assert.Equal((1, 1), (_driver.Rented, _pool.Rented));     // the newest is kept as the driver lent it
    }

    [Fact]
    public async Task Nearest_gives_the_frame_before_the_pulse_though_it_is_no_longer_the_newest()
    {
        using var camera = new ScriptedCamera(_driver, _time);
        using var source = Open(camera, TriggerMatching.Nearest);
        camera.Frame(Units(0));
        camera.Frame(Units(40));
        var reading = Task.Run(() => Read(source, 1));
        await camera.AskedAsync(3);
        await PulseAsync(1, 50);
        camera.Frame(Units(80));

        using var frame = Assert.Single(await reading);
        Assert.Equal((2, 2), (frame.Sequence, (int)frame.Pixels[0]));
        Assert.Equal(TimeSpan.FromMilliseconds(-10), Assert.Single(frame.Triggers!).Difference);
    }

    [Fact]
    public async Task Pulses_that_share_a_frame_come_with_one_frame_and_a_burst_comes_as_several()
    {
        using var camera = new ScriptedCamera(_driver, _time);
        using var source = Open(camera, burst: 2);
        camera.Frame(Units(0));
        var reading = Task.Run(() => Read(source, 2));
        await camera.AskedAsync(2);
        await PulseAsync(1, 10);
        await PulseAsync(2, 20);
        camera.Frame(Units(40));
        camera.Frame(Units(80));

        var frames = await reading;
        Assert.Equal(["1.1 Matched, 2.1 Shared", "1.2 Matched, 2.2 Shared"], frames.Select(f => string.Join(", ", f.Triggers!.Select(t => $"{t.Pulse.Number}.{t.Shot} {t.Outcome}"))));
        foreach (var frame in frames) frame.Dispose();
    }

    [Fact]
    public async Task A_camera_that_fails_leaves_an_explanation_for_who_waits_and_for_who_comes_after()
    {
        var camera = new ScriptedCamera(_driver, _time);
        using (var source = Open(camera))
        {
            camera.Frame(Units(0));
            var reading = Task.Run(() => Read(source, 1));
            await camera.AskedAsync(2);
            await PulseAsync(1, 10);
            camera.End(new CaptureException("Unplugged."));
            await Assert.ThrowsAsync<CaptureException>(() => reading);
        }

        Assert.Equal((1, TriggerOutcome.NoCamera, "Camera 'door' was closed before the frame came; its newest camera event says why, unless EdgeVision was stopped."), Told(await _told.NextAsync<TriggerEvent>()));
        await PulseAsync(2, 50);
        Assert.Equal((2, TriggerOutcome.NoCamera, "Camera 'door' gave no frames when the pulse came; its newest camera event says why."), Told(await _told.NextAsync<TriggerEvent>()));

        // The same trigger, and the camera is back.
        using var again = new ScriptedCamera(_driver, _time);
        using var back = Open(again);
        again.Frame(Units(1000));
        var next = Task.Run(() => Read(back, 1));
        await again.AskedAsync(2);
        await PulseAsync(3, 1010);
        again.Frame(Units(1040));
        using var frame = Assert.Single(await next);
        Assert.Equal(3, Assert.Single(frame.Triggers!).Pulse.Number);
        Assert.Empty(_told.Rest());
    }

    [Fact]
    public async Task A_camera_that_stalls_leaves_an_explanation_when_the_time_is_over()
    {
        using var camera = new ScriptedCamera(_driver, _time);
        using var source = Open(camera);
        camera.Frame(Units(0));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var reading = Task.Run(() => source.TryRead(out _, stop.Token));
        await camera.AskedAsync(2);
        await PulseAsync(1, 0);
        _time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Empty(_told.Rest());
        _time.Advance(TimeSpan.FromMilliseconds(2));

        var told = await _told.NextAsync<TriggerEvent>();
        Assert.Equal((TriggerOutcome.NoFrame, 1, 1, Severity.Warning), (told.Outcome, told.Shot, told.Missing, told.Severity));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    [Fact]
    public async Task A_frame_that_was_matched_and_never_read_is_explained_when_the_camera_closes()
    {
        using var camera = new ScriptedCamera(_driver, _time);
        using (var source = Open(camera, TriggerMatching.Nearest, burst: 2))
        {
            camera.Frame(Units(0));
            var reading = Task.Run(() => Read(source, 1));
            await camera.AskedAsync(2);
            await PulseAsync(1, 10);
            camera.Frame(Units(40));     // decides both shots at once
            foreach (var frame in await reading) frame.Dispose();
        }

        var told = await _told.NextAsync<TriggerEvent>();
        Assert.Equal((TriggerOutcome.Dropped, 2, 2), (told.Outcome, told.Shot, told.FrameSequence!.Value));
    }

    [Fact]
    public void The_camera_s_first_frame_is_told_though_no_pulse_asks_for_it()
    {
        var runs = 0;
        using var camera = new ScriptedCamera(_driver, _time);
        using var source = Open(camera, runs: () => runs++);
        camera.Frame(Units(0));
        camera.Frame(Units(40));
        camera.End();

        Assert.False(source.TryRead(out _, TestContext.Current.CancellationToken));
        Assert.Equal(1, runs);
    }

    [Fact]
    public async Task A_frame_that_nobody_asks_for_costs_no_memory()
    {
        const int Frames = 1000;
        var setting = new TriggerSetting("door", "eye", "gpiochip0:4", new TriggerRule(TriggerMatching.Nearest, TimeSpan.Zero, 1, TimeSpan.FromSeconds(1)), ExposureOffset: null, Queue: 8);
        await using var trigger = new CameraTrigger(setting, () => _line, strobe: null, _told.TakeAsync, _telemetry, TimeProvider.System, NullLogger.Instance);
        using var camera = new StillCamera(_driver, Frames);
        using var source = new TriggeredSource(camera, trigger, _pool, TimeProvider.System);

        Assert.False(source.TryRead(out _, TestContext.Current.CancellationToken));
        Assert.Equal(0, camera.AllocatedBetweenFrames);
    }

    [Fact]
    public async Task A_stamp_of_the_end_is_taken_an_interval_earlier_and_says_so()
    {
        using var camera = new ScriptedCamera(_driver, _time, FrameStamp.EndOfFrame);
        using var source = Open(camera);
        camera.Frame(Units(0));
        camera.Frame(Units(40));
        var reading = Task.Run(() => Read(source, 1));
        await camera.AskedAsync(3);
        await PulseAsync(1, 50);
        camera.Frame(Units(80));       // began at 40
        camera.Frame(Units(120));

        using var frame = Assert.Single(await reading);
        var answer = Assert.Single(frame.Triggers!);
        Assert.Equal((4, TimeSpan.FromMilliseconds(30), true), (frame.Sequence, answer.Difference, answer.IsEstimated));
    }

    private TriggeredSource Open(ScriptedCamera camera, TriggerMatching matching = TriggerMatching.Next, int burst = 1, Action? runs = null)
    {
        if (_trigger is null)
        {
            var setting = new TriggerSetting("door", "eye", "gpiochip0:4", new TriggerRule(matching, TimeSpan.Zero, burst, TimeSpan.FromSeconds(1)), ExposureOffset: null, Queue: 8);
            _trigger = new CameraTrigger(setting, () => _line, strobe: null, _told.TakeAsync, _telemetry, _time, NullLogger.Instance);
            _reading = _trigger.ReadAsync(_stop.Token);
        }

        return new TriggeredSource(camera, _trigger, _pool, _time) { Runs = runs };
    }

    /// <summary>Returns when the trigger has it.</summary>
    private async Task PulseAsync(int number, int ms)
    {
        _line.Pulse(number, Units(ms));
        // Asked once at the begin, and again for each pulse that was taken.
        await _line.AskedAsync(number == 1 ? 2 : 1);
    }

    private static List<Frame> Read(TriggeredSource source, int count)
    {
        var frames = new List<Frame>();
        while (frames.Count < count && source.TryRead(out var frame, TestContext.Current.CancellationToken)) frames.Add(frame);
        return frames;
    }

    private static (long, TriggerOutcome, string?) Told(TriggerEvent told) => (told.Edge, told.Outcome, told.Reason);

    // The fake clock does not stand at 0.
    private long Units(int ms) => _start + (ms * _time.TimestampFrequency / 1000);

    private readonly long _start = new FakeTimeProvider(Some.Moment).GetTimestamp();
}
