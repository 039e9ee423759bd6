using EdgeVision.Capture.Replay;
using Microsoft.Extensions.Time.Testing;

namespace EdgeVision.IntegrationTests.Capture;

public sealed class FramePacerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Frames_come_at_their_rate_without_drift()
    {
        using var pacer = new FramePacer(30, _time);
        var start = pacer.Wait(Stop);
        for (var frame = 1; frame <= 300; frame++)
        {
            var next = Task.Run(() => pacer.Wait(Stop), Stop);
            // Before or after the pacer has set its timer: both must wake it.
            var due = TimeSpan.FromMilliseconds(Math.Ceiling(frame * 1000 / 30.0));     // timers know whole milliseconds
            _time.Advance(due - _time.GetElapsedTime(start));
            var at = await next.WaitAsync(Patience, Stop);

            Assert.Equal(due, _time.GetElapsedTime(start, at));
        }
    }

    [Fact]
    public async Task No_frame_comes_before_it_is_due()
    {
        using var pacer = new FramePacer(10, _time);
        pacer.Wait(Stop);
        var next = Task.Run(() => pacer.Wait(Stop), Stop);
        for (var ms = 0; ms < 99; ms++)
        {
            Assert.False(next.IsCompleted);
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        _time.Advance(TimeSpan.FromMilliseconds(2));
        await next.WaitAsync(Patience, Stop);
    }

    [Fact]
    public void Small_delays_are_caught_up()
    {
        using var pacer = new FramePacer(10, _time);
        pacer.Wait(Stop);
        _time.Advance(TimeSpan.FromMilliseconds(950));

        // Due at 100 … 900 ms: nine frames at once.
        for (var frame = 1; frame <= 9; frame++) pacer.Wait(Stop);
        using var impatient = new CancellationTokenSource(Timeout.InfiniteTimeSpan, _time);
        impatient.Cancel();
        Assert.Throws<OperationCanceledException>(() => pacer.Wait(impatient.Token));
    }

    [Fact]
    public async Task After_a_suspend_a_new_schedule_begins_instead_of_a_burst()
    {
        using var pacer = new FramePacer(10, _time);
        pacer.Wait(Stop);
        _time.Advance(TimeSpan.FromHours(8));
        pacer.Wait(Stop);

        var next = Task.Run(() => pacer.Wait(Stop), Stop);
        _time.Advance(TimeSpan.FromMilliseconds(99));
        Assert.False(next.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await next.WaitAsync(Patience, Stop);
    }

    [Fact]
    public async Task Waiting_ends_when_stopping_fires()
    {
        using var pacer = new FramePacer(0.01, _time);
        using var stopping = new CancellationTokenSource();
        pacer.Wait(stopping.Token);
        var next = Task.Run(() => pacer.Wait(stopping.Token), Stop);
        await stopping.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next.WaitAsync(Patience, Stop));
    }
}
