using EdgeVision.Events;
using EdgeVision.Frames;
using EdgeVision.Tests.Delivery;
using EdgeVision.Tests.Doubles;
using EdgeVision.Triggers;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EdgeVision.Tests.Triggers;

public sealed class CameraTriggerTests
{
    private readonly FakeTimeProvider _time = new(Some.Moment);
    private readonly CollectedEvents _told = new();
    private readonly TriggerTelemetry _telemetry = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_gap_in_the_line_s_own_count_is_told_as_pulses_that_were_lost()
    {
        using var line = new ScriptedTrigger();
        await using var trigger = Trigger(() => line);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var reading = trigger.ReadAsync(stop.Token);
        line.Pulse(1, 0);
        await _told.NextAsync<TriggerEvent>();
        line.Pulse(5, 0);

        var events = new[] { await _told.NextAsync<TriggerEvent>(), await _told.NextAsync<TriggerEvent>() }.OrderBy(e => e.Edge).ToList();
        Assert.Equal((TriggerOutcome.Lost, 4, 3, null), (events[0].Outcome, events[0].Edge, events[0].Missing, events[0].EdgeTime));
        Assert.Equal((TriggerOutcome.NoCamera, 5), (events[1].Outcome, events[1].Edge));
        Assert.Equal((3, 2), (_telemetry.Of(TriggerOutcome.Lost), _telemetry.Of(TriggerOutcome.NoCamera)));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    [Fact]
    public async Task A_line_that_is_opened_again_goes_on_counting_and_its_loss_is_told_once()
    {
        var opened = 0;
        using var first = new ScriptedTrigger();
        using var second = new ScriptedTrigger();
        await using var trigger = Trigger(() => opened++ == 0 ? first : opened == 2 ? throw new CaptureException("No such chip.") : second);
        first.Pulse(1, 0);
        first.Pulse(2, 0);
        first.Fail("The chip is gone.");
        var gone = await Assert.ThrowsAsync<CaptureException>(() => trigger.ReadAsync(Stop));
        await _told.NextAsync<TriggerEvent>();
        await _told.NextAsync<TriggerEvent>();

        trigger.LineFailed(gone.Message);
        trigger.LineFailed(gone.Message);
        _time.Advance(TimeSpan.FromSeconds(3));
        await Assert.ThrowsAsync<CaptureException>(() => trigger.ReadAsync(Stop));
        second.Pulse(1, 0);
        second.Fail("Again.");
        await Assert.ThrowsAsync<CaptureException>(() => trigger.ReadAsync(Stop));

        var lost = await _told.NextAsync<TriggerLineEvent>();
        Assert.Equal((true, "The chip is gone.", Severity.Warning), (lost.IsLost, lost.Reason, lost.Severity));
        var back = await _told.NextAsync<TriggerLineEvent>();
        Assert.Equal((false, TimeSpan.FromSeconds(3)), (back.IsLost, back.Down));
        Assert.Equal(3, (await _told.NextAsync<TriggerEvent>()).Edge);
        Assert.Empty(_told.Rest());
    }

    [Fact]
    public async Task More_pulses_than_can_wait_are_told_by_their_number()
    {
        using var line = new ScriptedTrigger();
        await using var trigger = Trigger(() => line);
        trigger.CameraRuns();
        for (var i = 1; i <= TriggerMatcher.MaxWaiting + 10; i++) line.Pulse(i, 0);
        line.Fail("Enough.");
        await Assert.ThrowsAsync<CaptureException>(() => trigger.ReadAsync(Stop));
        await trigger.DisposeAsync();

        var told = _told.Rest().Cast<TriggerEvent>().ToList();
        Assert.Equal(10, told.Where(t => t.Outcome is TriggerOutcome.Lost).Sum(t => t.Missing));
        Assert.Equal(TriggerMatcher.MaxWaiting, told.Where(t => t.Outcome is TriggerOutcome.NoCamera).Sum(t => t.Missing));
    }

    [Fact]
    public async Task A_disk_that_holds_explanations_up_costs_their_words_but_not_their_number()
    {
        using var line = new ScriptedTrigger();
        var disk = new TaskCompletionSource();
        await using var trigger = Trigger(() => line, tell: async events =>
        {
            await disk.Task;
            await _told.TakeAsync(events);
        });
        const int Pulses = 5000;
        for (var i = 1; i <= Pulses; i++) line.Pulse(i, 0);
        line.Fail("Enough.");
        await Assert.ThrowsAsync<CaptureException>(() => trigger.ReadAsync(Stop));
        disk.SetResult();
        await trigger.DisposeAsync();

        var told = _told.Rest().Cast<TriggerEvent>().ToList();
        Assert.Equal(Pulses, told.Sum(t => t.Missing));
        Assert.InRange(told.Count(t => t.Outcome is TriggerOutcome.NoCamera), 2048, 3000);
    }

    [Fact]
    public async Task What_waits_at_the_end_is_explained_before_the_end()
    {
        using var line = new ScriptedTrigger();
        var trigger = Trigger(() => line, burst: 3);
        trigger.CameraRuns();
        line.Pulse(1, 0);
        line.Fail("Enough.");
        await Assert.ThrowsAsync<CaptureException>(() => trigger.ReadAsync(Stop));
        await trigger.DisposeAsync();
        await trigger.DisposeAsync();

        var told = Assert.IsType<TriggerEvent>(Assert.Single(_told.Rest()));
        Assert.Equal((1, 3, 3, "EdgeVision was stopped before a frame came."), (told.Shot, told.Burst, told.Missing, told.Reason));
    }

    [Fact]
    public async Task Pulses_without_a_frame_are_one_line_of_the_log_a_second()
    {
        using var line = new ScriptedTrigger();
        var log = new CollectingLogger();
        await using var trigger = Trigger(() => line, log: log);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var reading = trigger.ReadAsync(stop.Token);
        for (var i = 1; i <= 3; i++)
        {
            line.Pulse(i, 0);
            await _told.NextAsync<TriggerEvent>();
        }

        Assert.Equal(
            ["Trigger eye of camera door: 1 explanations of pulses without a frame of their own; the last: Camera 'door' gave no frame yet when the pulse came; wait until it runs."],
            log.Lines.Where(l => l.Id == EventIds.PulsesUnanswered).Select(l => l.Text));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    private CameraTrigger Trigger(Func<ITriggerSource> open, int burst = 1, Func<IReadOnlyList<VisionEvent>, Task>? tell = null, CollectingLogger? log = null) => new(
        new TriggerSetting("door", "eye", "gpiochip0:4", new TriggerRule(TriggerMatching.Next, TimeSpan.Zero, burst, TimeSpan.FromSeconds(1)), ExposureOffset: null, Queue: 8),
        open, strobe: null, tell ?? _told.TakeAsync, _telemetry, _time, log is null ? NullLogger.Instance : log);
}
